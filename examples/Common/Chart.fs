namespace Adjoint.Examples

/// One line of a chart.
type Series =
    {
        Name: string
        Colour: string
        Points: (float * float) list
    }

/// Line charts with axes.
[<RequireQualifiedAccess>]
module Chart =

    let private width = 640.0
    let private height = 400.0
    let private left, right, top, bottom = 70.0, 20.0, 40.0, 50.0

    /// A round number of which about five cover a range.
    let private stepOf (low: float) (high: float) =
        let raw = (high - low) / 7.0
        let power = 10.0 ** floor (log10 raw)

        [ 1.0; 2.0; 5.0; 10.0 ]
        |> List.map ((*) power)
        |> List.find (fun step -> step >= raw * 0.999)

    /// Round numbers within a range, about five of them.
    let ticks (low: float) (high: float) =
        let high = if high > low then high else low + 1.0
        let step = stepOf low high
        [ ceil (low / step) .. floor (high / step) ] |> List.map ((*) step)

    /// A range that ends in round numbers.
    let private rounded (low, high) =
        let step = stepOf low high
        step * floor (low / step), step * ceil (high / step)

    /// A chart of one line or several, which are named, over common axes; points that are not finite are left out.
    let lines title xLabel yLabel (series: Series list) =
        let finite (x: float, y: float) =
            System.Double.IsFinite x && System.Double.IsFinite y

        let series =
            series
            |> List.map (fun line ->
                { line with
                    Points = List.filter finite line.Points
                })

        let range pick =
            match series |> List.collect _.Points |> List.map pick with
            | [] -> 0.0, 1.0
            | values ->
                let low, high = List.min values, List.max values
                if high > low then low, high else low - 0.5, high + 0.5

        let xLow, xHigh = range fst
        let yLow, yHigh = rounded (range snd)

        let placeX x =
            left + (x - xLow) / (xHigh - xLow) * (width - left - right)

        let placeY y =
            height - bottom - (y - yLow) / (yHigh - yLow) * (height - top - bottom)

        let axis points = Svg.polyline "#444" points

        let tick (value: float) =
            value.ToString("G4", System.Globalization.CultureInfo.InvariantCulture)

        Svg.picture
            width
            height
            [
                Svg.text (width / 2.0) 22.0 [ "text-anchor", "middle"; "font-size", "16" ] title
                for x in ticks xLow xHigh do
                    Svg.text (placeX x) (height - bottom + 18.0) [ "text-anchor", "middle" ] (tick x)

                for y in ticks yLow yHigh do
                    Svg.rectangle (left, placeY y - 0.5) (width - left - right, 1.0) "#ddd"
                    Svg.text (left - 8.0) (placeY y + 4.0) [ "text-anchor", "end" ] (tick y)

                axis [ left, top; left, height - bottom; width - right, height - bottom ]
                Svg.text ((left + width - right) / 2.0) (height - 12.0) [ "text-anchor", "middle" ] xLabel
                Svg.text 16.0 (top - 10.0) [] yLabel

                for i, line in List.indexed series do
                    Svg.polyline line.Colour [ for x, y in line.Points -> placeX x, placeY y ]

                    if series.Length > 1 then
                        let y = top + 14.0 + 18.0 * float i
                        Svg.rectangle (width - 140.0, y - 6.0) (16.0, 3.0) line.Colour
                        Svg.text (width - 118.0) y [] line.Name
            ]
