namespace Adjoint.Examples.Digits

open System
open System.Diagnostics
open Adjoint
open Adjoint.Examples

/// How one pass through the data went: mean losses, and the share of held-out images that were read right.
type Epoch =
    {
        Number: int
        Loss: float
        HeldOutLoss: float
        Accuracy: float
        Seconds: float
    }

/// What a model makes of an image: the likeliest digit, its probability, and the probability of the digit that it really is.
type Prediction =
    {
        Digit: int
        Probability: float
        OfTruth: float
    }

[<RequireQualifiedAccess>]
module Training =

    /// Gives a function from a model and images to a prediction for each image; it is compiled once and asked in pieces of one size.
    let predictor () =
        let likelihoods =
            compile (fun (model: LeNet<float32>, images) -> LeNet.logits model images |> Tensor.logSoftmax -1)

        let predictPiece model (images: Images) (piece: int[]) =
            let pixels, _ = Images.pick piece images |> Images.tensors

            likelihoods (model, pixels)
            |> Tensor.toArray
            |> Array.chunkBySize 10
            |> Array.map2
                (fun label (row: float32[]) ->
                    let digit = Array.IndexOf(row, Array.max row)

                    {
                        Digit = digit
                        Probability = exp (float row[digit])
                        OfTruth = exp (float row[label])
                    })
                (piece |> Array.map (fun i -> images.Labels[i]))

        fun model (images: Images) ->
            [| 0 .. images.Count - 1 |]
            |> Array.chunkBySize 500
            |> Array.collect (predictPiece model images)

    /// The mean of -log p of the true digits. A probability that is 0 in float32 counts as 10⁻³⁸, the least there is.
    let loss (predictions: Prediction[]) =
        predictions |> Array.averageBy (fun it -> -log(max it.OfTruth 1e-38))

    /// The share of images whose likeliest digit is the true one.
    let accuracy (images: Images) (predictions: Prediction[]) =
        let right =
            Array.zip predictions images.Labels
            |> Array.filter (fun (it, label) -> it.Digit = label)

        float right.Length / float images.Count

    /// Trains a model; each epoch is reported when it ends. The rate falls from the given one to 0 along half a cosine.
    /// Images are shuffled for each epoch, and varied; the few that don't fill the last batch sit that epoch out.
    let run (options: Options) (data: DataSet) (model: LeNet<float32>) (report: Epoch -> unit) : LeNet<float32> =
        let vary, predict = compile Variation.apply, predictor ()

        let keyOf (number: int) =
            Random.key options.Seed |> Random.foldIn 0 |> Random.foldIn number

        let batch = min options.Batch data.Training.Count
        let steps = data.Training.Count / batch

        let optimizer =
            Optim.momentum 0.9 1.0
            |> Optim.scheduled (fun t -> options.Rate * Schedule.cosine (steps * options.Epochs) t)

        // Loss, derivative and update become one compiled program.
        let step = compile (fun (batch, model, state) -> Optim.descend optimizer (LeNet.loss batch) model state)

        let runEpoch (model, state) number =
            let clock = Stopwatch.StartNew()
            let progress = Progress($"epoch {number}/{options.Epochs}", steps)

            let oneStep (model, state, total) (i, indices) =
                let place = (number - 1) * steps + i
                let images, labels = Images.pick indices data.Training |> Images.tensors
                let varied = vary (keyOf place |> Random.foldIn 1, images)
                let loss, model, state = step ((varied, labels), model, state)
                progress.Step $"loss {value loss:F4}"
                model, state, total + float (value loss)

            let model, state, total =
                Data.shuffled (keyOf number |> Random.foldIn 2) data.Training.Count
                |> Array.chunkBySize batch
                |> Array.truncate steps
                |> Array.indexed
                |> Array.fold oneStep (model, state, 0.0)

            progress.Finish()
            let predictions = predict model data.HeldOut

            report
                {
                    Number = number
                    Loss = total / float steps
                    HeldOutLoss = loss predictions
                    Accuracy = accuracy data.HeldOut predictions
                    Seconds = clock.Elapsed.TotalSeconds
                }

            model, state

        List.fold runEpoch (model, Optim.init optimizer model) [ 1 .. options.Epochs ]
        |> fst
