namespace Adjoint.Examples.Digits

open System
open System.Diagnostics
open Adjoint
open Adjoint.Examples

/// What goes from one step to the next: the model, and how fast it moves.
type State =
    {
        Model: LeNet<float32>
        Velocity: LeNet<float32>
    }

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

    /// One step of gradient descent with momentum (Polyak 1964): the loss of a batch, and the state after it.
    /// This whole function, derivative included, becomes one compiled program.
    let step (rate: Tensor<float32>, state: State, batch: Tensor<float32> * Tensor<int>) =
        let loss, slope = valueAndGrad (LeNet.loss batch) state.Model
        let velocity = Structure.map2 (fun v g -> 0.9 * v + g) state.Velocity slope
        let model = Structure.map2 (fun p v -> p - rate.Expr * v) state.Model velocity

        loss, { Model = model; Velocity = velocity }

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
        let step, vary, predict = compile step, compile Variation.apply, predictor ()

        let keyOf (number: int) =
            Random.key options.Seed |> Random.foldIn 0 |> Random.foldIn number

        let batch = min options.Batch data.Training.Count
        let steps = data.Training.Count / batch

        let rateAt done' =
            options.Rate
            * 0.5
            * (1.0 + cos (Math.PI * float done' / float (steps * options.Epochs)))

        let runEpoch state number =
            let clock = Stopwatch.StartNew()
            let progress = Progress($"epoch {number}/{options.Epochs}", steps)

            let oneStep (state, total) (i, indices) =
                let place = (number - 1) * steps + i
                let images, labels = Images.pick indices data.Training |> Images.tensors
                let varied = vary (keyOf place |> Random.foldIn 1, images)
                let rate = rateAt place |> float32 |> Tensor.scalar
                let loss, state = step (rate, state, (varied, labels))
                progress.Step $"loss {value loss:F4}"
                state, total + float (value loss)

            let state, total =
                Data.shuffled (keyOf number |> Random.foldIn 2) data.Training.Count
                |> Array.chunkBySize batch
                |> Array.truncate steps
                |> Array.indexed
                |> Array.fold oneStep (state, 0.0)

            progress.Finish()
            let predictions = predict state.Model data.HeldOut

            report
                {
                    Number = number
                    Loss = total / float steps
                    HeldOutLoss = loss predictions
                    Accuracy = accuracy data.HeldOut predictions
                    Seconds = clock.Elapsed.TotalSeconds
                }

            state

        let start =
            {
                Model = model
                Velocity = Structure.zerosLike model
            }

        let last = List.fold runEpoch start [ 1 .. options.Epochs ]
        last.Model
