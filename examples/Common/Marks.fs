namespace Adjoint.Examples

/// Marks as elements of a picture.
[<RequireQualifiedAccess>]
module Marks =

    let private number = Svg.number

    let private finite (x: float, y: float) =
        System.Double.IsFinite x && System.Double.IsFinite y

    let private path points =
        points
        |> List.mapi (fun i (x, y) -> (if i = 0 then "M" else "L") + $"{number x} {number y}")
        |> String.concat ""

    let private stroke colour width dashes points =
        Svg.element
            "path"
            [
                "d", path points
                "fill", "none"
                "stroke", colour
                "stroke-width", number width
                "stroke-linejoin", "round"
                if dashes then
                    "stroke-dasharray", "6 4"
            ]

    /// All dots are one path of lines of no length with round ends.
    let private dots colour radius points =
        Svg.element
            "path"
            [
                "d",
                points
                |> List.map (fun (x, y) -> $"M{number x} {number y}h0")
                |> String.concat ""
                "fill", "none"
                "stroke", colour
                "stroke-width", number (2.0 * radius)
                "stroke-linecap", "round"
                "stroke-opacity", "0.75"
            ]

    let private band colour low high =
        Svg.element
            "path"
            [
                "d", path (low @ List.rev high) + "Z"
                "fill", colour
                "fill-opacity", "0.18"
            ]

    /// How many colours a grid has.
    let levels = 24

    /// Cells that follow each other in a row with one colour are one rectangle; all rectangles of a colour are one path.
    let private cells (frame: Frame) (grid: Grid) =
        let rows, columns = Array2D.length1 grid.Values, Array2D.length2 grid.Values
        let low, high = grid.Range

        let level i j =
            let share = (grid.Values[i, j] - low) / (high - low)
            max 0 (min (levels - 1) (int (floor (share * float levels))))

        let runs =
            [
                for i in 0 .. rows - 1 do
                    let mutable start = 0

                    for j in 1..columns do
                        if j = columns || level i j <> level i start then
                            level i start, $"M{start} {i}h{j - start}v1h{start - j}z"
                            start <- j
            ]

        let left, bottom = frame.Place(fst grid.X, fst grid.Y)
        let right, top = frame.Place(snd grid.X, snd grid.Y)

        let scale (extent: float) count =
            (extent / float count).ToString("0.####", System.Globalization.CultureInfo.InvariantCulture)

        let place =
            $"translate({number left} {number bottom}) scale({scale (right - left) columns} {scale (top - bottom) rows})"

        [
            $"<g class=\"cells\" shape-rendering=\"crispEdges\" transform=\"{place}\">"

            for level, parts in List.groupBy fst runs |> List.sortBy fst do
                let colour = grid.Colours((float level + 0.5) / float levels)
                Svg.element "path" [ "fill", colour; "d", parts |> List.map snd |> String.concat "" ]

            "</g>"
        ]

    /// The elements that a layer draws into a frame.
    let ofLayer (frame: Frame) (layer: Layer) =
        let place points =
            points |> List.filter finite |> List.map frame.Place

        match layer.Mark with
        | Line(width, points) -> [ stroke layer.Colour width false (place points) ]
        | Dashes points -> [ stroke layer.Colour 2.0 true (place points) ]
        | Dots(radius, points) -> [ dots layer.Colour radius (place points) ]
        | Band points ->
            [
                band layer.Colour (place [ for x, low, _ in points -> x, low ]) (place [ for x, _, high in points -> x, high ])
            ]
        | Bars(width, points) ->
            [
                for x, y in points do
                    let left, top = frame.Place(x - width / 2.0, y)
                    let right, bottom = frame.Place(x + width / 2.0, 0.0)

                    Svg.element
                        "rect"
                        [
                            "x", number (left + 0.5)
                            "y", number top
                            "width", number (right - left - 1.0)
                            "height", number (bottom - top)
                            "fill", layer.Colour
                            "fill-opacity", "0.45"
                        ]
            ]
        | Cells grid -> cells frame grid

    /// How wide a layer's sign in the legend is.
    let signWidth (layer: Layer) =
        match layer.Mark with
        | Dots(radius, _) -> 2.0 * max 3.0 radius
        | _ -> 18.0

    /// A layer's sign in the legend, from x on and centred at y.
    let sign (layer: Layer) x y =
        let right = x + signWidth layer

        match layer.Mark with
        | Line _ -> stroke layer.Colour 2.0 false [ x, y; right, y ]
        | Dashes _ -> stroke layer.Colour 2.0 true [ x, y; right, y ]
        | Dots(radius, _) -> dots layer.Colour (max 3.0 radius) [ (x + right) / 2.0, y ]
        | Band _
        | Bars _
        | Cells _ -> band layer.Colour [ x, y - 6.0; right, y - 6.0 ] [ x, y + 6.0; right, y + 6.0 ]
