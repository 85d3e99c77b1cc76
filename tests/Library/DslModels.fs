/// Structures that the tests of the F# face use.
module Adjoint.LibraryTests.DslModels

open Expecto
open Adjoint

type Layer =
    {
        Weight: Tensor<float>
        Bias: Tensor<float>
    }

type Activation =
    | Tanh
    | Scaled of factor: Tensor<float>

/// A model with everything in it that a structure may have.
type Model =
    {
        Name: string
        Layers: Layer list
        Activation: Activation
        Gains: Map<string, Tensor<float>>
        Extra: Tensor<float> option
        Pair: struct (Tensor<float> * Tensor<float>)
        Steps: Tensor<int>
        Apply: float -> float
        Table: Tensor<float>[]
    }

let vector (items: float list) : Tensor<float> = Tensor.vector items
let number (x: float) : Tensor<float> = Tensor.scalar x

let layer scale =
    {
        Weight = scale * Tensor.matrix [ [ 0.1; 0.2 ]; [ 0.3; -0.4 ] ]
        Bias = scale * vector [ 0.5; -0.5 ]
    }

let model =
    {
        Name = "model"
        Layers = [ layer 1.0; layer 2.0 ]
        Activation = Scaled(number 1.5)
        Gains = Map [ "a", number 0.7; "b", vector [ 1.0; 2.0 ] ]
        Extra = Some(number 0.25)
        Pair = struct (number 3.0, number 4.0)
        Steps = Tensor.vector [ 1; 2; 3 ]
        Apply = fun x -> 2.0 * x
        Table = [| vector [ 1.0; 2.0; 3.0 ]; number 5.0 |]
    }

/// One number that depends on every floating leaf.
let loss model =
    let activate x =
        match model.Activation with
        | Tanh -> tanh x
        | Scaled factor -> factor * x

    let through x layer =
        activate (Tensor.matMul x layer.Weight + layer.Bias)

    let struct (p, q) = model.Pair
    let hidden = List.fold through (vector [ 1.0; -1.0 ]) model.Layers

    let gains = hidden * model.Gains["b"] * model.Gains["a"] |> Tensor.square |> Tensor.sum

    let extra =
        match model.Extra with
        | Some extra -> extra * p * q
        | None -> number 0.0

    gains + extra + Tensor.sum (model.Table[0] * model.Table[1])

let same (expected: float list) (actual: Tensor<float>) message =
    let found = Tensor.toArray actual
    Expect.hasLength found expected.Length message
    Seq.iter2 (fun (a: float) e -> Expect.floatClose Accuracy.high a e message) found expected

/// The floating leaves' numbers, one after the other.
let numbers (structure: 'P) =
    [
        for leaf in Structure.leaves structure do
            if leaf.DType = Core.DType.F64 then
                yield! leaf.ToArray<float>()
    ]

let close (expected: float list) (actual: float list) message =
    Expect.hasLength actual expected.Length message
    List.iter2 (fun (a: float) e -> Expect.floatClose Accuracy.medium a e message) actual expected

/// Derivatives of a loss in every floating number of a structure, by central differences.
let differences (f: 'P -> Tensor<float>) (structure: 'P) =
    let step = 1e-5
    let leaves = Structure.leaves structure

    let moved leaf element delta =
        leaves
        |> List.mapi (fun i x ->
            if i = leaf then
                let items = x.ToArray<float>()
                items[element] <- items[element] + delta
                Expr.Of(Core.NDArray.Of<float>(x.Shape, System.ReadOnlySpan items))
            else
                x)
        |> fun leaves -> Structure.withLeaves leaves structure |> f |> value

    [
        for i, leaf in List.indexed leaves do
            if leaf.DType = Core.DType.F64 then
                for element in 0 .. leaf.Size - 1 -> (moved i element step - moved i element -step) / (2.0 * step)
    ]

/// The message of the error that this gives, which must be of a type.
let messageOf<'E when 'E :> exn> (action: unit -> unit) =
    try
        action ()
        failtest $"Expected {typeof<'E>.Name}, but nothing was thrown."
    with :? 'E as error ->
        error.Message

let tells (words: string list) (message: string) =
    for word in words do
        Expect.stringContains message word "the message"
