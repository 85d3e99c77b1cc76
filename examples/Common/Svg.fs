namespace Adjoint.Examples

open System.Globalization
open System.IO
open System.Net

/// Pictures as text: a list of elements inside one frame.
[<RequireQualifiedAccess>]
module Svg =

    /// A number as SVG writes it.
    let number (x: float) =
        x.ToString("0.##", CultureInfo.InvariantCulture)

    let private attributes pairs =
        pairs
        |> List.map (fun (name, value) -> $" {name}=\"{value}\"")
        |> String.concat ""

    /// An element without content.
    let element name pairs = $"<{name}{attributes pairs}/>"

    /// A line of text at a place.
    let text (x: float) (y: float) pairs (content: string) =
        let place = [ "x", number x; "y", number y ]
        $"<text{attributes (place @ pairs)}>{WebUtility.HtmlEncode content}</text>"

    /// A filled rectangle.
    let rectangle (x: float, y: float) (width: float, height: float) (fill: string) =
        element
            "rect"
            [
                "x", number x
                "y", number y
                "width", number width
                "height", number height
                "fill", fill
            ]

    /// A line through points.
    let polyline (colour: string) points =
        let places = points |> Seq.map (fun (x, y) -> $"{number x},{number y}") |> String.concat " "

        element "polyline" [ "points", places; "fill", "none"; "stroke", colour; "stroke-width", "2" ]

    /// A whole picture on a white card, which stands on any page.
    let picture (width: float) (height: float) elements =
        [
            $"<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {number width} {number height}\" font-family=\"sans-serif\" font-size=\"13\">"
            element "rect" [ "width", number width; "height", number height; "rx", "8"; "fill", "white" ]
            yield! elements
            "</svg>"
        ]
        |> String.concat "\n"

    /// Writes a picture to a file, whole or not at all.
    let save (path: string) (picture: string) =
        Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath path))
        |> ignore

        let temporary = path + ".tmp"
        File.WriteAllText(temporary, picture)
        File.Move(temporary, path, true)
