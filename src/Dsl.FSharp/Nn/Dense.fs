namespace Adjoint.Nn

open Adjoint
open Adjoint.Front

/// A dense layer: every output sees every input. Weight : [inputs, outputs]; Bias : [outputs].
type Dense<'T when 'T: struct> =
    { Weight: Tensor<'T>; Bias: Tensor<'T> }

/// x W + b.
[<RequireQualifiedAccess>]
module Dense =

    /// A layer with weights by a rule of `Init` and biases 0.
    let initWith (weight: int list -> Tensor<uint32> -> Tensor<'T>) (inputs: int) (outputs: int) (key: Tensor<uint32>) : Dense<'T> =
        {
            Weight = weight [ inputs; outputs ] key
            Bias = Tensor.zeros [ outputs ]
        }

    /// A layer with weights by Glorot's rule, uniform, and biases 0.
    let init (inputs: int) (outputs: int) (key: Tensor<uint32>) : Dense<'T> =
        initWith Init.glorotUniform inputs outputs key

    /// x : [.., inputs] to [.., outputs]. ShapeException: the last axis is not the layer's.
    let apply (layer: Dense<'T>) (x: Tensor<'T>) : Tensor<'T> =
        Tensor.ofExpr (Nn.Dense(x.Expr, layer.Weight.Expr, layer.Bias.Expr))

/// A table of vectors. Table : [count, width].
type Embedding<'T when 'T: struct> = { Table: Tensor<'T> }

/// Vectors of a table, by index.
[<RequireQualifiedAccess>]
module Embedding =

    /// Normal vectors of variance 1 in each number.
    let init (count: int) (width: int) (key: Tensor<uint32>) : Embedding<'T> =
        {
            Table = Init.normal 1.0 [ count; width ] key
        }

    /// indices : integers of any shape, to their shape and then [width]. DomainException, when it runs: an index is out of range.
    let apply (layer: Embedding<'T>) (indices: Tensor<'I>) : Tensor<'T> =
        Tensor.ofExpr (Nn.Embedding(layer.Table.Expr, indices.Expr))

    /// Sines and cosines of places, [length, width], to be added to embeddings (Vaswani et al. 2017). 'T is floating.
    let positions (length: int) (width: int) : Tensor<'T> =
        Tensor.ofExpr (Nn.Positions(length, width, DTypeOf<'T>.Value))

/// Noise that keeps a layer from leaning on single numbers; in training alone.
[<RequireQualifiedAccess>]
module Dropout =

    /// Numbers become 0 with a probability; the others are divided by 1 - rate, so that the mean stays. The key is for this call alone.
    /// DomainException: the rate is no probability.
    let apply (rate: float) (key: Tensor<uint32>) (x: Tensor<'T>) : Tensor<'T> =
        Tensor.ofExpr (Nn.Dropout(key.Expr, x.Expr, rate))

    /// As `apply`, with one choice for all numbers along some axes: [2; 3] drops whole channels of images.
    let together (axes: int list) (rate: float) (key: Tensor<uint32>) (x: Tensor<'T>) : Tensor<'T> =
        Tensor.ofExpr (Nn.Dropout(key.Expr, x.Expr, rate, Array.ofList axes))
