/// The frame of a page.
module Adjoint.Docs.Html

open System.Net

let encode (text: string) = WebUtility.HtmlEncode text

/// A page of the site: where it lies, with / between folders, what it is called, and its body.
type Page =
    {
        Path: string
        Title: string
        Body: string
    }

/// The way from one page to another place of the site.
let relative (from: string) (target: string) =
    let up = String.replicate (from.Split('/').Length - 1) "../"
    up + target

let link (from: string) (target: string) (text: string) =
    $"<a href=\"{relative from target}\">{encode text}</a>"

let style =
    """body { margin: 0; font: 16px/1.5 system-ui, sans-serif; color: #222; display: flex; }
nav { flex: 0 0 15em; padding: 1.5em; background: #f6f7f9; min-height: 100vh; font-size: 14px; }
nav a { display: block; } nav b { display: block; margin-top: 1em; }
main { flex: 1; min-width: 0; max-width: 60em; padding: 1.5em 2.5em; }
a { color: #0b5cad; text-decoration: none; } a:hover { text-decoration: underline; }
code, pre { font: 13.5px/1.45 ui-monospace, Menlo, Consolas, monospace; }
code { background: #f3f4f6; padding: 0 .2em; } pre { background: #f3f4f6; padding: .8em 1em; overflow-x: auto; } pre code { padding: 0; }
table { border-collapse: collapse; } td, th { border-bottom: 1px solid #ddd; padding: .3em .8em .3em 0; text-align: left; vertical-align: top; }
h1, h2, h3 { line-height: 1.2; } h3 { font-size: 1em; margin: 1.6em 0 .2em; } h3 code { background: none; padding: 0; }
.doc { margin: 0 0 0 1.2em; } .doc p { margin: .3em 0; } img { max-width: 100%; }
@media (max-width: 50em) { body { display: block; } nav { min-height: 0; } }
"""

let frame (navigation: string -> string) (page: Page) =
    $"""<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{encode page.Title}</title>
<link rel="stylesheet" href="{relative page.Path "style.css"}">
</head>
<body>
<nav>{navigation page.Path}</nav>
<main>
{page.Body}
</main>
</body>
</html>
"""
