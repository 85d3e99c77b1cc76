/// A long short-term memory whose weights are diagonal, as ADBench defines it: the loss of predicting each item of a sequence from those
/// before it.
module Adjoint.Examples.GradBench.Lstm

open Adjoint

/// Weights and biases of l layers of b units.
type Parameters =
    {
        /// A row of weights and one of biases for each layer, of the gates forget, in and out and of the change: [2 l, 4 b].
        Main: Tensor<float>
        /// Weights of the input, weights and biases of the output: [3, b].
        Extra: Tensor<float>
    }

type Data =
    {
        /// What is hidden and what is in the cell at first, a row each for each layer: [2 l, b].
        State: Tensor<float>
        /// [c, b].
        Sequence: Tensor<float>
    }

/// Weight and bias of each of the gates forget, in and out and of the change: [b] each.
type private Gates = (Tensor<float> * Tensor<float>) list

type private Memory =
    {
        Hidden: Tensor<float>
        Cell: Tensor<float>
    }

/// One layer's next state.
let private advance (gates: Gates) memory (input: Tensor<float>) =
    let gate i from =
        let weight, bias = gates[i]
        from * weight + bias

    let forget = Tensor.sigmoid (gate 0 input)
    let keep = Tensor.sigmoid (gate 1 memory.Hidden)
    let out = Tensor.sigmoid (gate 2 input)
    let change = Tensor.tanh (gate 3 memory.Hidden)
    let cell = memory.Cell * forget + keep * change

    {
        Hidden = out * Tensor.tanh cell
        Cell = cell
    }

/// The gates of each layer.
let private layers units (parameters: Parameters) : Gates list =
    let part = Tensor.reshape [ -1; 2; 4; units ] parameters.Main

    [
        for l in 0 .. part.Shape[0] - 1 -> [ for gate in 0..3 -> part[l, 0, gate, *], part[l, 1, gate, *] ]
    ]

let objective data parameters =
    let layers = layers data.Sequence.Shape[1] parameters

    let first =
        [
            for l in 0 .. layers.Length - 1 ->
                {
                    Hidden = data.State[2 * l]
                    Cell = data.State[2 * l + 1]
                }
        ]

    // The input of a layer is what is hidden in the one before.
    let step memories input =
        (input, List.zip layers memories)
        ||> List.mapFold (fun input (gates, memory) ->
            let next = advance gates memory input
            next, next.Hidden)

    let inputs = data.Sequence[.. data.Sequence.Shape[0] - 2] * parameters.Extra[0]
    let _, hidden = Flow.scan step first inputs

    // The sum within the logarithm has 2 more, as in ADBench.
    let predicted = hidden * parameters.Extra[1] + parameters.Extra[2]
    let total = predicted |> Tensor.exp |> Tensor.sumAlong 1 |> (+) 2.0 |> Tensor.log
    -(data.Sequence[1..] * (predicted - Tensor.expandDims 1 total) |> Tensor.mean)

let jacobian data parameters = grad (objective data) parameters

let private read input =
    {
        State = Input.matrix "state" input
        Sequence = Input.matrix "sequence" input
    },
    {
        Main = Input.matrix "main_params" input
        Extra = Input.matrix "extra_params" input
    }

let private write gradient =
    Numbers(Array.append (Tensor.toArray gradient.Main) (Tensor.toArray gradient.Extra))

let functions =
    [
        "objective", Function.define read (fun (data, parameters) -> objective data parameters) Function.number
        "jacobian", Function.define read (fun (data, parameters) -> jacobian data parameters) write
    ]
