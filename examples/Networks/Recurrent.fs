namespace Adjoint.Examples.Networks

open Adjoint
open Adjoint.Nn

/// Gated recurrent units that read an image row by row, and a choice of classes from their last state.
/// 28 inputs and 128 units are 60,672 parameters, as in PyTorch: 3 · 128 · (28 + 128 + 2).
type GruClassifier<'T when 'T: struct> = { Units: Gru<'T>; Output: Dense<'T> }

/// The same with a long short-term memory: 4 · 128 · (28 + 128 + 1) = 80,384 parameters; PyTorch's has a second bias, 512 more.
type LstmClassifier<'T when 'T: struct> = { Units: Lstm<'T>; Output: Dense<'T> }

[<RequireQualifiedAccess>]
module GruClassifier =

    let create inputs hidden classes key : GruClassifier<'T> =
        {
            Units = key |> Random.foldIn 0 |> Gru.init inputs hidden
            Output = key |> Random.foldIn 1 |> Dense.init hidden classes
        }

    /// Sequences [time, n, inputs] to [n, classes].
    let logits (model: GruClassifier<'T>) (sequences: Tensor<'T>) : Tensor<'T> =
        let last, _ = Gru.apply model.Units (Gru.start sequences.Shape[1] model.Units) sequences
        Dense.apply model.Output last

[<RequireQualifiedAccess>]
module LstmClassifier =

    let create inputs hidden classes key : LstmClassifier<'T> =
        {
            Units = key |> Random.foldIn 0 |> Lstm.init inputs hidden
            Output = key |> Random.foldIn 1 |> Dense.init hidden classes
        }

    /// Sequences [time, n, inputs] to [n, classes].
    let logits (model: LstmClassifier<'T>) (sequences: Tensor<'T>) : Tensor<'T> =
        let (last, _), _ = Lstm.apply model.Units (Lstm.start sequences.Shape[1] model.Units) sequences
        Dense.apply model.Output last
