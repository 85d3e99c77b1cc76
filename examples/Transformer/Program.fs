/// How does attention learn where to look? A transformer's layer learns to turn sequences around; nobody tells it that place i of the
/// answer is place 7 - i of the question, but the picture of its attention shows that it found out.
module Adjoint.Examples.Transformer

open Adjoint
open Adjoint.Nn

/// The symbols, the length of a sequence, and how many numbers stand for a symbol.
let symbols, length, width = 10, 8, 32

/// One layer of attention (Vaswani et al. 2017) between an embedding and a choice of symbols.
type Model =
    {
        Symbols: Embedding<float32>
        Places: Tensor<float32>
        Attention: Attention<float32>
        Output: Dense<float32>
    }

let create key =
    let key number = Random.foldIn number key

    {
        Symbols = Embedding.init symbols width (key 0)
        Places = Init.normal 1.0 [ length; width ] (key 1)
        Attention = Attention.init width (key 2)
        Output = Dense.init width symbols (key 3)
    }

let embed model (sequences: Tensor<int>) =
    Embedding.apply model.Symbols sequences + model.Places

/// The logits of the answer: [batch, length, symbols].
let answer model sequences =
    let x = embed model sequences
    x + Attention.apply 1 Mask.All model.Attention x |> Dense.apply model.Output

/// How much each place looks at each other: probabilities along the last axis, [batch, length, length].
let looks model sequences =
    let x = embed model sequences
    let query, key = Dense.apply model.Attention.Query x, Dense.apply model.Attention.Key x

    Tensor.matMul query (Tensor.transpose key) / sqrt (float32 width)
    |> Tensor.softmax -1

/// The mean of -ln p of the right symbols.
let loss sequences model =
    answer model sequences
    |> Loss.crossEntropy (Tensor.flip [ 1 ] sequences)
    |> Tensor.mean

let batch count key =
    Random.integers 0 symbols [ count; length ] key

/// The losses of each step of Adam, each on fresh sequences, and the model after all.
let train steps =
    let optimizer = Optim.adam 0.01 |> Optim.scheduled (Schedule.warmupCosine 20 steps)

    let step (model, state) (number: Tensor<int>) =
        let sequences = Random.key 2 |> Random.foldInTensor number |> batch 32
        let loss, model, state = Optim.descend optimizer (loss sequences) model state
        (model, state), loss

    let model = create (Random.key 1)

    let (model, _), losses =
        compile (Flow.scan step (model, Optim.init optimizer model)) (Tensor.arange steps)

    model, losses

/// The share of symbols that a model answers rightly, in new sequences.
let accuracy model =
    let sequences = batch 500 (Random.key 3)
    let guessed: Tensor<int> = answer model sequences |> Tensor.argMax -1 |> Tensor.cast
    let share: Tensor<float> = guessed .= Tensor.flip [ 1 ] sequences |> Tensor.cast |> Tensor.mean
    value share

type Figures =
    {
        Losses: float32[]
        Before: float
        After: float
        /// Means over new sequences: row i is where place i looks.
        Looks: float32[,]
    }

let figures () =
    let model, losses = train 120
    let sequences = batch 500 (Random.key 3)

    {
        Losses = Tensor.toArray losses
        Before = accuracy (create (Random.key 1))
        After = accuracy model
        Looks = looks model sequences |> Tensor.meanAlong 0 |> Tensor.toArray2D
    }

let picture (figures: Figures) =
    Drawing.row
        [
            Plot.create "Where each place looks" "place in the question" "place in the answer"
            |> Plot.cells
                {
                    Values = Array2D.map float figures.Looks
                    X = -0.5, float length - 0.5
                    Y = -0.5, float length - 0.5
                    Range = 0.0, 1.0
                    Colours = Palette.viridis
                }
            |> Plot.equal
            |> Plot.sized 380.0 380.0
            Plot.create "Loss" "step" ""
            |> Plot.line
                ""
                Palette.red
                [
                    for i in 0..2 .. figures.Losses.Length - 1 -> float i, float figures.Losses[i]
                ]
            |> Plot.sized 400.0 380.0
        ]

[<EntryPoint>]
let main _ =
    let found = figures ()
    printfn $"right symbols in new sequences: untrained %.1f{100.0 * found.Before} %%, trained %.1f{100.0 * found.After} %%"
    printfn $"loss %.3f{found.Losses[0]} at first, %.4f{Array.last found.Losses} at last"
    Svg.save "out/transformer/transformer.svg" (picture found)
    0
