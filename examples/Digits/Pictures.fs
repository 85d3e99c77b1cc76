namespace Adjoint.Examples.Digits

open System
open System.Text
open Adjoint.Examples

/// Pictures of how training went and of what came out.
[<RequireQualifiedAccess>]
module Pictures =

    [<Literal>]
    let private Blue = "#1f77b4"

    [<Literal>]
    let private Red = "#d62728"

    [<Literal>]
    let private Grey = "#777"

    /// Side of an image, distance of images and of lines of them on the page.
    [<Literal>]
    let private Side = 64.0

    [<Literal>]
    let private Cell = 76.0

    [<Literal>]
    let private Line = 114.0

    [<Literal>]
    let private Columns = 12

    /// Losses and held-out accuracy, epoch by epoch.
    let learningCurve (epochs: Epoch list) =
        let line name colour pick =
            Plot.line name colour [ for epoch in epochs -> float epoch.Number, pick epoch ]

        Drawing.row
            [
                Plot.create "Loss" "epoch" ""
                |> line "training" Blue _.Loss
                |> line "held out" Red _.HeldOutLoss
                Plot.create "Held-out accuracy, %" "epoch" ""
                |> line "" Red (fun epoch -> 100.0 * epoch.Accuracy)
            ]

    /// The pixels of an image in a square at (x, y): a path for each of 16 greys, white left out.
    let private drawing (x: float) (y: float) (side: float) (images: Images) i =
        let pixels = (Images.pixels i images).Span
        let paths = Array.init 16 (fun _ -> StringBuilder())

        for place in 0 .. pixels.Length - 1 do
            let grey = int (Math.Round(15.0 * float pixels[place]))

            if grey > 0 then
                paths[grey].Append($"M{place % images.Width} {place / images.Width}h1v1h-1z")
                |> ignore

        let scale = Svg.number (side / float (max images.Height images.Width))

        [
            $"<g transform=\"translate({Svg.number x} {Svg.number y}) scale({scale})\" shape-rendering=\"crispEdges\">"
            for grey in 1..15 do
                if paths[grey].Length > 0 then
                    let level = 255 - 17 * grey
                    Svg.element "path" [ "fill", $"rgb({level},{level},{level})"; "d", string paths[grey] ]
            "</g>"
        ]
        |> String.concat ""

    /// One image, the digit read in it with its probability, and the true digit; all in red if they differ.
    let private card (images: Images) (predictions: Prediction[]) x y i =
        let it, truth = predictions[i], images.Labels[i]
        let wrong = it.Digit <> truth
        let colour = if wrong then Red else "#222"
        let percent = Math.Round(100.0 * it.Probability)

        [
            Svg.element
                "rect"
                [
                    "x", Svg.number (x - 2.0)
                    "y", Svg.number (y - 2.0)
                    "width", Svg.number (Side + 4.0)
                    "height", Svg.number (Side + 4.0)
                    "fill", "white"
                    "stroke", (if wrong then Red else "#ccc")
                    "stroke-width", (if wrong then "3" else "1")
                ]
            drawing x y Side images i
            Svg.text x (y + Side + 20.0) [ "font-size", "16"; "font-weight", "bold"; "fill", colour ] $"{it.Digit}"
            Svg.text (x + 14.0) (y + Side + 20.0) [ "font-size", "12"; "fill", Grey ] $"{percent} %%"
            Svg.text x (y + Side + 34.0) [ "font-size", "12"; "fill", (if wrong then Red else Grey) ] $"is {truth}"
        ]

    /// A page of held-out images: first those whose true digit was given the least probability, then others as they come.
    let predictions (images: Images) (predictions: Prediction[]) =
        let hardest = [ 0 .. images.Count - 1 ] |> List.sortBy (fun i -> predictions[i].OfTruth)

        let first, rest = hardest |> List.splitAt (min (2 * Columns) images.Count)
        let others = rest |> List.sort |> List.truncate (4 * Columns)

        let band title top indices =
            [
                Svg.text 20.0 (top + 16.0) [ "font-size", "16" ] title
                for place, i in List.indexed indices do
                    yield! card images predictions (20.0 + Cell * float (place % Columns)) (top + 30.0 + Line * float (place / Columns)) i
            ]

        let wrong =
            Seq.zip predictions images.Labels
            |> Seq.filter (fun (it, truth) -> it.Digit <> truth)
            |> Seq.length

        let right = images.Count - wrong

        Svg.picture
            (40.0 + Cell * float Columns)
            (100.0 + 6.0 * Line)
            [
                yield! band $"The hardest of {images.Count} held-out images; {right} are read right, the wrong ones are red" 14.0 first
                yield! band "Others, as they come" (60.0 + 2.0 * Line) others
            ]
