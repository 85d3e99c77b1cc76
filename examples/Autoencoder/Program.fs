/// A map of handwritten digits. A variational autoencoder squeezes images of 64 pixels through two numbers and back; what it learns about
/// the images is a bound on the logarithm of their probability, and its picture is what it draws at each place of the map.
module Adjoint.Examples.Autoencoder

open Adjoint
open Adjoint.Nn

let pixels, hidden, latent = 64, 64, 2

/// Kingma and Welling 2014.
type Model =
    {
        Encoder: Dense<float32>
        Mean: Dense<float32>
        LogVariance: Dense<float32>
        Drawer: Dense<float32>
        Ink: Dense<float32>
    }

/// Where an image lies on the map: mean and logarithm of the variance of a normal distribution. images : [n, 64]
let encode model images =
    let h = Dense.apply model.Encoder images |> Tensor.tanh
    Dense.apply model.Mean h, Dense.apply model.LogVariance h

/// The logits of ink at each pixel.
let decode model places =
    Dense.apply model.Drawer places |> Tensor.tanh |> Dense.apply model.Ink

/// How far N(m, e^s) is from N(0, 1): ½ Σ (e^s + m² - 1 - s), for each image.
let divergence (mean: Tensor<float32>, logVariance: Tensor<float32>) =
    0.5f
    * Tensor.sumAlong 1 (exp logVariance + Tensor.square mean - 1.0f - logVariance)

/// -ln of the probability of an image, at most: what drawing it from a random place near its own costs, and what the place costs.
let bound (images: Tensor<float32>) key model =
    let mean, logVariance = encode model images
    let places = mean + exp (0.5f * logVariance) * Random.normal mean.Shape key
    let drawing = decode model places |> Loss.binaryCrossEntropy images |> Tensor.sumAlong 1
    Tensor.mean (drawing + divergence (mean, logVariance))

let create key =
    let dense number inputs outputs =
        Dense.init inputs outputs (Random.foldIn number key)

    {
        Encoder = dense 0 pixels hidden
        Mean = dense 1 hidden latent
        LogVariance = dense 2 hidden latent
        Drawer = dense 3 latent hidden
        Ink = dense 4 hidden pixels
    }

/// Images to learn from and images held out, with ink from 0 to 1, and the digits that the latter show.
let training, heldOut, digits =
    let scans = Scans.read 1797
    let images = Tensor.matrix [ for scan in scans -> scan.Ink ]
    images[..1499], images[1500..], [ for scan in List.skip 1500 scans -> scan.Digit ]

/// Steps of Adam, each on a hundred images.
let train steps =
    let optimizer = Optim.adam 1e-2 |> Optim.scheduled (Schedule.cosine steps)

    let step (model, state) (number: Tensor<int>) =
        let chosen, noise = Random.key 2 |> Random.foldInTensor number |> Random.split
        let images = Tensor.take (Random.integers 0 1500 [ 100 ] chosen) training
        let loss, model, state = Optim.descend optimizer (bound images noise) model state
        (model, state), loss

    let model = create (Random.key 1)

    let (model, _), losses =
        compile (Flow.scan step (model, Optim.init optimizer model)) (Tensor.arange steps)

    model, losses

/// What images cost whose pixels are drawn independently, each with its mean over all images.
let independent () =
    let mean = Tensor.meanAlong 0 training |> Tensor.clip 1e-3f 0.999f

    -(heldOut * log mean + (1.0f - heldOut) * log (1.0f - mean))
    |> Tensor.sumAlong 1
    |> Tensor.mean
    |> value

type Figures =
    {
        Model: Model
        Independent: float32
        /// Of images that were held out.
        Bound: float32
    }

let figures () =
    let model, _ = train 1000

    {
        Model = model
        Independent = independent ()
        Bound = value (bound heldOut (Random.key 3) model)
    }

let private colours =
    [
        "#0072b2"
        "#d55e00"
        "#009e73"
        "#a2579a"
        "#e69f00"
        "#56b4e9"
        "#333333"
        "#8c564b"
        "#c4b000"
        "#e377c2"
    ]

/// What is drawn at 7 × 7 places of the map, and where the held-out images lie on it.
let picture (figures: Figures) =
    let count = 7

    let at i =
        -1.9 + 3.8 * float i / float (count - 1)

    let places =
        Tensor.matrix
            [
                for i in 0 .. count - 1 do
                    for j in 0 .. count - 1 -> [ float32 (at j); float32 (at i) ]
            ]

    let drawn = decode figures.Model places |> Tensor.sigmoid |> Tensor.toArray2D

    // A digit's tile is 8 × 8 pixels with paper around; row 0 of a digit is its top.
    let ink row column =
        match row % 10, column % 10 with
        | (0 | 9), _
        | _, (0 | 9) -> 0.0
        | y, x -> float drawn[row / 10 * count + column / 10, (8 - y) * 8 + x - 1]

    let means = fst (encode figures.Model heldOut) |> Tensor.toArray2D

    let points digit =
        [
            for i, shown in List.indexed digits do
                if shown = digit then
                    float means[i, 0], float means[i, 1]
        ]

    let map =
        Seq.fold
            (fun plot digit -> Plot.dots $"{digit}" colours[digit] 2.0 (points digit) plot)
            (Plot.create "Where images lie" "" "")
            [ 0..9 ]

    Drawing.row
        [
            Plot.create "What is drawn where" "" ""
            |> Plot.cells
                {
                    Values = Array2D.init (10 * count) (10 * count) ink
                    X = -2.2, 2.2
                    Y = -2.2, 2.2
                    Range = 0.0, 1.0
                    Colours = Palette.paper
                }
            |> Plot.equal
            |> Plot.sized 400.0 400.0
            map |> Plot.within (-3.0, 3.0) (-3.0, 3.0) |> Plot.sized 440.0 400.0
        ]

[<EntryPoint>]
let main _ =
    let found = figures ()
    printfn $"held-out images cost at most %.2f{found.Bound} nats; with independent pixels %.2f{found.Independent}"
    Svg.save "out/autoencoder/autoencoder.svg" (picture found)
    0
