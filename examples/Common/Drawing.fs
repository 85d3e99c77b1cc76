namespace Adjoint.Examples

/// Pictures of plots.
[<RequireQualifiedAccess>]
module Drawing =

    /// About how wide a text is at the common size.
    let private textWidth (text: string) = 7.2 * float text.Length

    /// Names and signs, in a row below the title.
    let private legend (plot: Plot) =
        let named = plot.Layers |> List.filter (fun layer -> layer.Name <> "")

        let width layer =
            Marks.signWidth layer + 6.0 + textWidth layer.Name

        let widths = named |> List.map width
        let gap = 14.0
        let total = List.sum widths + gap * float (named.Length - 1)

        let starts =
            widths
            |> List.scan (fun x width -> x + width + gap) ((plot.Width - total) / 2.0)

        let y = if plot.Title = "" then 14.0 else 40.0

        [
            for layer, x in Seq.zip named starts do
                Marks.sign layer x (y - 4.0)
                Svg.text (x + Marks.signWidth layer + 6.0) y [] layer.Name
        ]

    let private axes (plot: Plot) (frame: Frame) =
        [
            for y in Axis.ticks frame.YRange do
                let _, at = frame.Place(fst frame.XRange, y)
                Svg.rectangle (frame.Left, at - 0.5) (frame.Width, 1.0) "#e4e4e4"
                Svg.text (frame.Left - 8.0) (at + 4.0) [ "text-anchor", "end" ] (Axis.label y)

            for x in Axis.ticks frame.XRange do
                let at, _ = frame.Place(x, fst frame.YRange)
                Svg.rectangle (at - 0.5, frame.Top) (1.0, frame.Height) "#f0f0f0"
                Svg.text at (frame.Bottom + 18.0) [ "text-anchor", "middle" ] (Axis.label x)

            Svg.text (frame.Left + frame.Width / 2.0) (plot.Height - 10.0) [ "text-anchor", "middle" ] plot.XLabel
            Svg.text 14.0 (frame.Top - 12.0) [] plot.YLabel
        ]

    /// The elements of a plot, beginning at x from the left; layers end at the axes.
    let private panel number x (plot: Plot) =
        let frame = Frame.ofPlot plot
        let clip = $"axes{number}"

        [
            $"<g transform=\"translate({Svg.number x} 0)\" fill=\"{Palette.ink}\">"

            if plot.Title <> "" then
                Svg.text (plot.Width / 2.0) 22.0 [ "text-anchor", "middle"; "font-size", "15"; "font-weight", "bold" ] plot.Title

            yield! legend plot
            yield! axes plot frame
            $"<clipPath id=\"{clip}\">{Svg.rectangle (frame.Left, frame.Top) (frame.Width, frame.Height) Palette.ink}</clipPath>"
            $"<g clip-path=\"url(#{clip})\">"
            yield! plot.Layers |> List.collect (Marks.ofLayer frame)
            "</g>"

            Svg.element
                "path"
                [
                    "d", $"M{Svg.number frame.Left} {Svg.number frame.Top}V{Svg.number frame.Bottom}H{Svg.number frame.Right}"
                    "fill", "none"
                    "stroke", "#777"
                ]

            "</g>"
        ]

    /// A picture of plots side by side.
    let row (plots: Plot list) =
        let starts = plots |> List.scan (fun x plot -> x + plot.Width) 0.0
        let height = plots |> List.map _.Height |> List.max

        Svg.picture
            (List.last starts)
            height
            [
                for i, plot in List.indexed plots do
                    yield! panel i starts[i] plot
            ]

    /// A picture of one plot.
    let plot (plot: Plot) = row [ plot ]
