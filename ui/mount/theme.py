"""The chat's Gradio theme: system fonts and the colours of `static/tokens.css`."""

from gradio.themes import Base


def make_theme() -> Base:
    """A plain theme that loads no font; the colours are CSS variables, so they follow light and dark."""
    fonts = ["system-ui", "PingFang SC", "Microsoft YaHei", "Noto Sans CJK SC", "Noto Sans SC", "sans-serif"]
    theme = Base(font=fonts, font_mono=["ui-monospace", "Menlo", "Consolas", "monospace"])
    colours = {
        "body_background_fill": "var(--ground)",
        "body_text_color": "var(--ink)",
        "body_text_color_subdued": "var(--muted)",
        "background_fill_primary": "var(--paper)",
        "background_fill_secondary": "var(--ground)",
        "block_background_fill": "var(--paper)",
        "border_color_primary": "var(--line)",
        "border_color_accent": "var(--accent)",
        "color_accent_soft": "var(--accent-soft)",
        "link_text_color": "var(--accent)",
        "link_text_color_hover": "var(--accent-strong)",
        "link_text_color_active": "var(--accent-strong)",
        "link_text_color_visited": "var(--accent)",
        "input_background_fill": "var(--paper)",
        "input_border_color": "var(--line)",
        "input_border_color_focus": "var(--accent)",
        "input_placeholder_color": "var(--muted)",
        "button_primary_background_fill": "var(--accent)",
        "button_primary_background_fill_hover": "var(--accent-strong)",
        "button_primary_text_color": "var(--on-accent)",
        "button_secondary_background_fill": "var(--paper)",
        "button_secondary_background_fill_hover": "var(--accent-soft)",
        "button_secondary_text_color": "var(--accent)",
        "button_secondary_border_color": "var(--line)",
    }
    dark = {name: colour for key, colour in colours.items() if hasattr(theme, name := f"{key}_dark")}
    return theme.set(**colours, **dark)
