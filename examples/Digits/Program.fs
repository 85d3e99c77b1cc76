module Adjoint.Examples.Digits.Program

open System
open System.IO
open Adjoint
open Adjoint.Core
open Adjoint.Examples

/// How far the gradient may be from differences, relatively. These are good to about 10⁻⁸ here; a wrong rule misses by far more.
[<Literal>]
let private GradientBound = 1e-5

let private load (options: Options) =
    let data =
        match options.Idx with
        | Some folder -> Mnist.dataSet folder
        | None -> Data.digits ()

    let {
            Images.Height = height
            Width = width
        } =
        data.Training

    if min height width < 4 then
        raise (BadOption $"The images are {height} × {width}; the network takes 4 × 4 and larger.")

    printfn $"{data.Name}: images of {height} × {width}, {data.Training.Count} to learn from, {data.HeldOut.Count} held out"
    data

/// Compares the gradient of the loss, in double precision, with differences of the loss. Says whether they agree.
let private checkGradient (options: Options) (data: DataSet) (model: LeNet<float32>) =
    let images, labels =
        Images.pick [| 0 .. min 15 (data.Training.Count - 1) |] data.Training
        |> Images.tensors

    let precise: Tensor<float> = Tensor.cast images
    let loss = LeNet.loss (precise, labels)
    let error = GradientCheck.largestError (Random options.Seed) 8 24 loss (LeNet.cast model)

    printfn $"gradient of the loss against differences, 8 directions and 24 single parameters: largest relative error {error:E1}"
    error <= GradientBound

let private printEpoch (options: Options) (epoch: Epoch) =
    let width = (string options.Epochs).Length

    printfn
        "epoch %*d/%d  loss %.4f  held-out loss %.4f  accuracy %.1f %%  %.1f s"
        width
        epoch.Number
        options.Epochs
        epoch.Loss
        epoch.HeldOutLoss
        (100.0 * epoch.Accuracy)
        epoch.Seconds

/// Writes the pictures and the parameters, and reads the parameters again. Says whether they still give the same predictions.
let private write (options: Options) (data: DataSet) (model: LeNet<float32>) (epochs: Epoch list) (predictions: Prediction[]) =
    let path name = Path.Combine(options.Out, name)
    Svg.save (path "learning-curve.svg") (Pictures.learningCurve epochs)
    Svg.save (path "predictions.svg") (Pictures.predictions data.HeldOut predictions)
    Files.save (path "parameters.npz") model
    printfn $"""wrote learning-curve.svg, predictions.svg and parameters.npz to {options.Out}"""

    let again = Files.load (path "parameters.npz") (Structure.zerosLike model)
    Training.predictor () again data.HeldOut = predictions

let private run (options: Options) =
    let data = load options
    let model = LeNet.create options.Seed data.Training.Height data.Training.Width
    printfn $"LeNet with {Structure.size model} parameters"

    if not (checkGradient options data model) then
        eprintfn $"The gradient is wrong: its relative error is above {GradientBound:E0}."
        1
    else
        Directory.CreateDirectory options.Out |> ignore
        let epochs = ResizeArray()

        let model =
            Training.run options data model (fun epoch ->
                epochs.Add epoch
                printEpoch options epoch)

        let predictions = Training.predictor () model data.HeldOut

        if not (write options data model (List.ofSeq epochs) predictions) then
            eprintfn "The parameters that were read again give other predictions."
            1
        else
            printfn $"held-out accuracy {100.0 * Training.accuracy data.HeldOut predictions:F1} %%"
            0

[<EntryPoint>]
let main arguments =
    try
        run (Options.parse (List.ofArray arguments))
    with
    | BadOption message ->
        eprintfn $"{message}"
        2
    | :? FormatException
    | :? IOException
    | :? UnauthorizedAccessException as error ->
        eprintfn $"{error.Message}"
        2
