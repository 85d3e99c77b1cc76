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

    /// Round numbers that cover a range in about five steps.
    let ticks (low: float) (high: float) =
        let span = if high > low then high - low else 1.0
        let raw = span / 5.0
        let power = 10.0 ** floor (log10 raw)

        let step =
            [ 1.0; 2.0; 5.0; 10.0 ]
            |> List.map ((*) power)
            |> List.find (fun step -> step >= raw * 0.999)

        [ ceil (low / step) .. floor (high / step) ] |> List.map ((*) step)

    /// A chart of several lines over common axes; points that are not finite are left out.
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
        let yLow, yHigh = range snd

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
                axis [ left, top; left, height - bottom; width - right, height - bottom ]

                for x in ticks xLow xHigh do
                    Svg.text (placeX x) (height - bottom + 18.0) [ "text-anchor", "middle" ] (tick x)

                for y in ticks yLow yHigh do
                    Svg.polyline "#ddd" [ left, placeY y; width - right, placeY y ]
                    Svg.text (left - 8.0) (placeY y + 4.0) [ "text-anchor", "end" ] (tick y)

                Svg.text ((left + width - right) / 2.0) (height - 12.0) [ "text-anchor", "middle" ] xLabel
                Svg.text 16.0 (top - 10.0) [] yLabel

                for i, line in List.indexed series do
                    Svg.polyline line.Colour [ for x, y in line.Points -> placeX x, placeY y ]
                    let y = top + 16.0 * float i
                    Svg.rectangle (width - 150.0, y - 9.0) (12.0, 4.0) line.Colour
                    Svg.text (width - 132.0) y [] line.Name
            ]
