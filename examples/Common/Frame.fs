namespace Adjoint.Examples

/// Where the axes of a plot lie in its picture.
type Frame =
    {
        Left: float
        Top: float
        Width: float
        Height: float
        XRange: float * float
        YRange: float * float
    }

    member this.Right = this.Left + this.Width
    member this.Bottom = this.Top + this.Height

    /// The place of a point.
    member this.Place(x, y) =
        let share (low, high) at = (at - low) / (high - low)
        this.Left + share this.XRange x * this.Width, this.Bottom - share this.YRange y * this.Height

[<RequireQualifiedAccess>]
module Frame =

    /// The frame of a plot: below its title and legend, beside its ticks. Where units must be equal, one range grows.
    let ofPlot (plot: Plot) =
        let named = plot.Layers |> List.exists (fun layer -> layer.Name <> "")

        let top =
            (if plot.Title = "" then 14.0 else 36.0)
            + (if named then 20.0 else 0.0)
            + (if plot.YLabel = "" then 0.0 else 16.0)

        let x, y = Plot.ranges plot

        let frame =
            {
                Left = 60.0
                Top = top
                Width = plot.Width - 60.0 - 20.0
                Height = plot.Height - top - 48.0
                XRange = x
                YRange = y
            }

        let grow (low, high) factor =
            let middle, half = (low + high) / 2.0, factor * (high - low) / 2.0
            middle - half, middle + half

        let unit (low, high) extent = extent / (high - low)
        let xUnit, yUnit = unit x frame.Width, unit y frame.Height

        if not plot.Equal then
            frame
        elif xUnit > yUnit then
            { frame with
                XRange = grow x (xUnit / yUnit)
            }
        else
            { frame with
                YRange = grow y (yUnit / xUnit)
            }
