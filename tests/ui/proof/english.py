"""Words that are not Chinese, wherever a person sees or hears them on a page."""

import re
from collections.abc import Collection
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from playwright.sync_api import Page

ALLOWED = {
    **dict.fromkeys(("PDF", "CSV", "JSON", "JSONL"), "names of formats, also in Chinese"),
    **dict.fromkeys(("txt", "md", "html", "docx", "pdf"), "endings of files' names"),
    **dict.fromkeys(("KB", "MB", "MiB"), "units"),
    "API": "what programmers call it, also in Chinese",
    "MCP": "the protocol's name; it has no other",
    "SHA": "the digest's name; it has no other",
    "QQ": "the service's name",
    "Esc": "what stands on the key",
    "pqa": "how a key begins",
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
    if (!element.form?.noValidate && element.willValidate && (element.required || element.validationMessage))
      add("the browser's own message", element.validationMessage || 'Please fill out this field');
    const box = element.getBoundingClientRect();
    const seen = box.width > 2 && getComputedStyle(element).opacity !== '0';
    if (element.matches('input[type=file]') && seen) add("the browser's own control", 'Choose file');
    if (element.matches(dates)) add("the browser's own control", element.type);
  }
  add('title', document.title);
  const cards = ['og:title', 'og:description', 'og:site_name', 'og:image:alt', 'description'];
  for (const meta of document.head.querySelectorAll('meta'))
    if (cards.includes(meta.getAttribute('property') || meta.name)) add('meta', meta.content);
  return found;
}"""
_NAMED = re.compile(
    r"https?://\S+|/[\w/.-]+|[\w.-]+\.(?:txt|md|html|docx|pdf)\b|\b(?=\w*\d)[0-9a-z]{10,}\b", re.ASCII
)
"""Addresses, names of files, digests and ids of keys."""
_WORD = re.compile(r"[A-Za-z]{2,}")


def words_of(text: str) -> set[str]:
    """The words of Latin letters in a text."""
    return set(_WORD.findall(text))


def english(page: "Page", known: Collection[str] = (), ids: Collection[str] = ()) -> list[str]:
    """What stands on `page` in Latin letters, with where; `known`: the documents' words; `ids`: of documents
    and keys, which may stand there whole."""
    found = []
    for where, text in page.evaluate(_SAID):
        for each in filter(None, ids):
            text = text.replace(each, " ")
        strange = words_of(_NAMED.sub(" ", text)) - ALLOWED.keys() - set(known)
        if strange:
            found.append(f"{where}: {text[:80]} ({', '.join(sorted(strange))})")
    if page.evaluate("document.documentElement.lang") != "zh-CN":
        found.append("the page does not say that it is Chinese")
    return found
