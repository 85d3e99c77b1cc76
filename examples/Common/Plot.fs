namespace Adjoint.Examples

/// A table of numbers over a rectangle: row i at y, column j at x, the first ones at the low ends.
type Grid =
    {
        Values: float[,]
        X: float * float
        Y: float * float
        /// The numbers that the ends of the colour scale stand for.
        Range: float * float
        Colours: float -> string
    }

/// What one layer of a plot draws.
type Mark =
    | Line of width: float * (float * float) list
    | Dashes of (float * float) list
    | Dots of radius: float * (float * float) list
    /// x, low and high.
    | Band of (float * float * float) list
    /// Bars of one width, from 0 up.
    | Bars of width: float * (float * float) list
    | Cells of Grid

/// A mark and its colour. A name that isn't empty stands in the legend.
type Layer =
    {
        Name: string
        Colour: string
        Mark: Mark
    }

/// Layers over common axes, the first one at the back.
type Plot =
    {
        Title: string
        XLabel: string
        YLabel: string
        Layers: Layer list
        XRange: (float * float) option
        YRange: (float * float) option
        /// Whether one unit is as long along x as along y.
        Equal: bool
        Width: float
        Height: float
    }

/// Plots, layer by layer: `Plot.create "title" "x" "y" |> Plot.line "name" Palette.blue points |> Plot.draw`.
[<RequireQualifiedAccess>]
module Plot =

    let create title xLabel yLabel =
        {
            Title = title
            XLabel = xLabel
            YLabel = yLabel
            Layers = []
            XRange = None
            YRange = None
            Equal = false
            Width = 640.0
            Height = 400.0
        }

    let private add mark name colour plot =
        let layer =
            {
                Name = name
                Colour = colour
                Mark = mark
            }

        { plot with
            Layers = plot.Layers @ [ layer ]
        }

    let line name colour points plot =
        add (Line(2.0, List.ofSeq points)) name colour plot

    /// A line of half the width, for long paths.
    let thin name colour points plot =
        add (Line(1.0, List.ofSeq points)) name colour plot

    let dashes name colour points plot =
        add (Dashes(List.ofSeq points)) name colour plot

    let dots name colour radius points plot =
        add (Dots(radius, List.ofSeq points)) name colour plot

    let band name colour points plot =
        add (Band(List.ofSeq points)) name colour plot

    let bars name colour width points plot =
        add (Bars(width, List.ofSeq points)) name colour plot

    let cells grid plot = add (Cells grid) "" "" plot

    let within xRange yRange plot =
        { plot with
            XRange = Some xRange
            YRange = Some yRange
        }

    let yWithin range plot = { plot with YRange = Some range }

    let equal plot = { plot with Equal = true }

    let sized width height plot =
        { plot with
            Width = width
            Height = height
        }

    /// The numbers that a layer has along each axis.
    let private extents layer =
        match layer.Mark with
        | Line(_, points)
        | Dashes points
        | Dots(_, points) -> List.map fst points, List.map snd points
        | Band points ->
            [ for x, _, _ in points -> x ],
            [
                for _, low, high in points do
                    yield! [ low; high ]
            ]
        | Bars(width, points) ->
            [
                for x, _ in points do
                    yield! [ x - width / 2.0; x + width / 2.0 ]
            ],
            0.0 :: List.map snd points
        | Cells grid -> [ fst grid.X; snd grid.X ], [ fst grid.Y; snd grid.Y ]

    /// The ranges of the axes, as they are given or as the layers fill them.
    let ranges plot =
        let xs, ys = plot.Layers |> List.map extents |> List.unzip

        let finite numbers =
            numbers |> List.concat |> List.filter System.Double.IsFinite

        let has test =
            plot.Layers |> List.exists (fun layer -> test layer.Mark)

        let loose = has (fun mark -> mark.IsDots)
        let tight = has (fun mark -> mark.IsCells)

        let x = Axis.around (finite xs)
        let y = Axis.around (finite ys)

        let x' = if tight || not loose then x else Axis.widened x

        let y' =
            if tight then y
            elif plot.Equal then Axis.widened y
            else Axis.rounded y

        defaultArg plot.XRange x', defaultArg plot.YRange y'
