"""Words that are not Chinese, wherever a person sees or hears them on a page."""

import re
from collections.abc import Collection
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from playwright.sync_api import Page

ALLOWED = {
    "PDF": "the format's name, also in Chinese",
    "API": "what programmers call it, also in Chinese",
    "SHA": "the name of a digest; it has no other",
    "pqa": "how a key begins",
    "CSV": "the format's name, also in Chinese",
    "JSONL": "the format's name, also in Chinese",
}
"""Words that may stand there, and why. Besides them the documents' own, and commands in `<code>`, typed so
by people."""
_SAID = """() => {
  const found = [];
  const add = (where, text) => { if (text && text.trim()) found.push([where, text.trim()]); };
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    const parent = node.parentElement;
    if (parent.closest('script, style, template, noscript, code') || !parent.checkVisibility()) continue;
    add('text', node.data);
  }
  const names = ['aria-label', 'aria-description', 'aria-roledescription', 'aria-valuetext', 'title',
    'placeholder', 'alt', 'label'];
  const buttons = 'input[type=submit], input[type=button], input[type=reset]';
  const dates = 'input[type=date], input[type=time], input[type=month], input[type=datetime-local]';
  for (const element of document.body.querySelectorAll('*')) {
    if (!element.checkVisibility()) continue;
    for (const name of names) add(name, element.getAttribute(name));
    const written = `${buttons}, input:not([type]), input[type=text], textarea`;
    if (element.matches(written)) add('value', element.value);
    // The browser says these in its own language.
    if (!element.form?.noValidate) add("the browser's own message", element.validationMessage);
    if (element.matches('input[type=file]')) add("the browser's own control", 'Choose file');
    if (element.matches(dates)) add("the browser's own control", element.type);
  }
  add('title', document.title);
  const cards = ['og:title', 'og:description', 'og:site_name', 'og:image:alt', 'description'];
  for (const meta of document.head.querySelectorAll('meta'))
    if (cards.includes(meta.getAttribute('property') || meta.name)) add('meta', meta.content);
  return found;
}"""
_ADDRESS = re.compile(r"https?://\S+|\b[0-9a-f]{16,}\b|/[\w/.-]+")
_WORD = re.compile(r"[A-Za-z]{2,}")


def words_of(text: str) -> set[str]:
    """The words of Latin letters in a text."""
    return set(_WORD.findall(text))


def english(page: "Page", known: Collection[str] = ()) -> list[str]:
    """What stands on `page` in Latin letters, with where; `known`: words of the documents."""
    found = []
    for where, text in page.evaluate(_SAID):
        strange = words_of(_ADDRESS.sub(" ", text)) - ALLOWED.keys() - set(known)
        if strange:
            found.append(f"{where}: {text[:80]} ({', '.join(sorted(strange))})")
    if page.evaluate("document.documentElement.lang") != "zh-CN":
        found.append("the page does not say that it is Chinese")
    return found
