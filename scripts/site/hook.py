"""What MkDocs must be told about this repository: pages that lie outside docs/, and links to files.

README.md is the first page. Any other document that a page links to, such as the exercises, keeps its
path. A source file becomes a page of its own with the code on it, a folder a list of what is in it. Links are
rewritten accordingly, so the site needs nothing but itself. Links to the explorer of `make web-demo` get the
explorer itself, if it was built.
"""

import html
import os
import re
import shutil
from pathlib import Path

from mkdocs.structure.files import File

ROOT = Path(__file__).resolve().parents[2]
LINK = re.compile(r"\]\(([^)\s#]+)(#[^)\s]*)?\)")
EXPLORER = re.compile(r"\[([^\]]*)\]\(http://127\.0\.0\.1:8000/(#[^)\s]*)?\)")  # as `make web-demo` serves it
FENCE = re.compile(r"^(```.*?^```$)", re.MULTILINE | re.DOTALL)
LANGUAGES = {".c": "c", ".h": "c", ".py": "python", ".sh": "sh", ".js": "js", ".css": "css", ".html": "html"}


def page_of(path):
    """The page that shows a path of the repository, as MkDocs names it; None if that is no page."""
    if path == "README.md":
        return "index.md"
    if path.startswith("docs/"):
        return path.removeprefix("docs/")
    if (ROOT / path).is_dir():
        return page_of(f"{path}/README.md") if (ROOT / path / "README.md").exists() else f"{path}/index.md"
    return path if path.endswith(".md") else f"{path}.md"


def path_of(page):
    """The path of the repository that a page shows."""
    if page == "index.md":
        return "README.md"
    return f"docs/{page}" if (ROOT / "docs" / page).exists() else page


def target(path, link):
    """The path of the repository to which a link on the page of `path` leads; None if it leads to the web."""
    if re.match(r"[a-z]+:", link):
        return None
    return os.path.normpath(os.path.join(os.path.dirname(path), link))


def text_of(path):
    """The Markdown of a page."""
    file = ROOT / path
    if path.endswith(".md"):
        return file.read_text()
    if file.is_dir():
        entries = [entry for entry in sorted(file.iterdir()) if not entry.name.startswith(".")]
        names = [entry.name + "/" * entry.is_dir() for entry in entries]
        return f"# {path}\n\n" + "".join(f"- `{name}`\n" for name in names)
    return f"# {path}\n\n~~~~{LANGUAGES.get(file.suffix, '')}\n{file.read_text()}\n~~~~\n"


def prose(text):
    """The parts of a text that are not in code blocks."""
    return FENCE.split(text)[::2]


def on_config(config):
    """Documents that the navigation does not name follow at the end of its last section."""
    named = str(config.nav)
    more = [file.name for file in sorted((ROOT / "docs").glob("*.md")) if file.name not in named]
    next(iter(config.nav[-1].values())).extend(more)
    return config


def on_files(files, config):
    """Adds every page that can be reached by links."""
    css = (ROOT / "scripts/site/site.css").read_text()
    files.append(File.generated(config, "site.css", content=css))
    waiting = ["README.md", *(path_of(file.src_uri) for file in files.documentation_pages())]
    seen = set(waiting)
    while waiting:
        path = waiting.pop()
        if files.get_file_from_path(page_of(path)) is None:
            files.append(File.generated(config, page_of(path), content=text_of(path)))
        if not path.endswith(".md"):
            continue
        for part in prose(text_of(path)):
            for link, _ in LINK.findall(part):
                found = target(path, link)
                if found and found not in seen and not found.startswith("docs/"):
                    seen.add(found)
                    waiting.append(found)
    return files


def embed_explorer(paragraph, here):
    """A paragraph that links to the explorer, with the explorer itself behind it, folded up."""
    home = os.path.relpath("explorer/index.html", os.path.dirname(here) or ".")

    def address(match):
        return html.escape(home + (match[2] or ""))

    linked = EXPLORER.sub(lambda match: f'<a href="{address(match)}">{match[1]}</a>', paragraph)
    first = address(EXPLORER.search(paragraph))
    # A browser may load a lazy frame that is folded up, too, so this one has no address until then.
    load = "const frame = this.querySelector('iframe'); frame.src ||= frame.dataset.src"
    frame = f'<iframe data-src="{first}" title="The explorer"></iframe>'
    folded = f'<details class="explorer" ontoggle="{load}"><summary>Try it here</summary>{frame}</details>'
    return f"{linked}\n\n{folded}"


def on_page_markdown(markdown, page, **_):
    """Makes links lead to the pages that on_files made."""
    here = page.file.src_uri
    path = path_of(here)
    if not path.endswith(".md"):
        return markdown

    def rewrite(match):
        found = target(path, match[1])
        if found is None:
            return match[0]
        return f"]({os.path.relpath(page_of(found), os.path.dirname(here) or '.')}{match[2] or ''})"

    parts = FENCE.split(re.sub(r"^<!-- code: .* -->\n", "\n", markdown, flags=re.MULTILINE))
    parts[::2] = [LINK.sub(rewrite, part) for part in parts[::2]]
    if (ROOT / "build/web").exists():
        for i in range(0, len(parts), 2):
            paragraphs = parts[i].split("\n\n")
            parts[i] = "\n\n".join(embed_explorer(p, here) if EXPLORER.search(p) else p for p in paragraphs)
    return "".join(parts)


def on_post_build(config):
    """The explorer stands beside the pages, if `make web` has built it."""
    if (ROOT / "build/web").exists():
        shutil.copytree(ROOT / "build/web", Path(config.site_dir) / "explorer", dirs_exist_ok=True)
