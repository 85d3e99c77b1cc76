/// A perceptron that learns the AND gate.
module Adjoint.Examples.AndGate

open Adjoint

/// A model is a plain record of tensors; its gradient is one more of these records.
type Perceptron =
    {
        Weights: Tensor<float>
        Bias: Tensor<float>
    }

/// All that two inputs can be, and what the gate makes of them.
let inputs = Tensor.matrix [ [ 0.0; 0.0 ]; [ 0.0; 1.0 ]; [ 1.0; 0.0 ]; [ 1.0; 1.0 ] ]
let outputs = Tensor.vector [ 0.0; 0.0; 0.0; 1.0 ]

/// z = x·w + b for every row x.
let activation model x =
    Tensor.matMul x model.Weights + model.Bias

/// The probability that the output is 1.
let predict model x = activation model x |> Tensor.sigmoid

/// The mean of -ln p, where p is the probability that the model gives the true output: ln(1 + eᶻ) - y z, without overflow.
let loss model =
    let z = activation model inputs
    Tensor.softplus z - outputs * z |> Tensor.mean

let rate = 2.0

/// One step of gradient descent.
let step model =
    Structure.map2 (fun p g -> p - rate * g) model (grad loss model)

/// The trained model. A perceptron has no hidden units, so it may begin at zero.
let train steps =
    let start =
        {
            Weights = Tensor.zeros [ 2 ]
            Bias = Tensor.zeros []
        }

    Seq.fold (fun model _ -> step model) start (seq { 1..steps })

/// The loss before and after training, and the probabilities of 1 for the four inputs.
let figures () =
    let untrained, trained = train 0, train 500
    value (loss untrained), value (loss trained), predict trained inputs |> Tensor.toArray

[<EntryPoint>]
let main _ =
    let before, after, probabilities = figures ()
    printfn $"loss before training %.4f{before}, after %.4f{after}"

    for x, p in Seq.zip [ "0 and 0"; "0 and 1"; "1 and 0"; "1 and 1" ] probabilities do
        printfn $"{x}: %.3f{p}"

    0
