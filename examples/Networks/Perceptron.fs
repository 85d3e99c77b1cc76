namespace Adjoint.Examples.Networks

open Adjoint
open Adjoint.Nn

/// Dense layers with relu between them. 784-512-512-10 has 669,706 parameters: 785 · 512 + 513 · 512 + 513 · 10.
type Perceptron<'T when 'T: struct> = { Layers: Dense<'T> list }

[<RequireQualifiedAccess>]
module Perceptron =

    /// widths: [ 784; 512; 512; 10 ]. Weights by He's rule (He et al. 2015).
    let create (widths: int list) key : Perceptron<'T> =
        let next = Keys.from key

        {
            Layers =
                [
                    for inputs, outputs in List.pairwise widths -> Dense.initWith Init.heNormal inputs outputs (next ())
                ]
        }

    /// [n, inputs] to [n, classes].
    let logits (model: Perceptron<'T>) (x: Tensor<'T>) : Tensor<'T> =
        let first, rest = Dense.apply model.Layers.Head x, model.Layers.Tail

        (first, rest)
        ||> List.fold (fun x layer -> x |> Tensor.relu |> Dense.apply layer)
