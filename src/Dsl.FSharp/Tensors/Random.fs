namespace Adjoint

open Adjoint.Core
open Adjoint.Front

/// Random numbers from explicit keys: the same key gives the same numbers, on every machine and in any trace.
/// Use each key once: split it, or fold a number into it, for more.
[<RequireQualifiedAccess>]
module Random =

    let private shapeOf (shape: int list) = Shape.Of(Array.ofList shape)

    /// The key of a seed: [2].
    let key (seed: int) : Tensor<uint32> =
        Tensor<uint32>(Adjoint.Front.Rng.Key(int64 seed))

    /// Two new keys; the old one is not used again.
    let split (key: Tensor<uint32>) : Tensor<uint32> * Tensor<uint32> =
        let keys = Adjoint.Front.Rng.Split key.Expr
        Tensor<uint32> keys[0], Tensor<uint32> keys[1]

    /// So many new keys, [count, 2], one for each lane of a `vmap`; the old one is not used again.
    let splitMany (count: int) (key: Tensor<uint32>) : Tensor<uint32> =
        Tensor<uint32>(Adjoint.Front.Rng.SplitMany(key.Expr, count))

    /// A new key from a key and a number, such as a step's.
    let foldIn (number: int) (key: Tensor<uint32>) : Tensor<uint32> =
        Tensor<uint32>(Adjoint.Front.Rng.FoldIn(key.Expr, number))

    /// A new key from a key and an integer of rank 0, known when it runs.
    let foldInTensor (number: Tensor<'I>) (key: Tensor<uint32>) : Tensor<uint32> =
        Tensor<uint32>(Adjoint.Front.Rng.FoldIn(key.Expr, number.Expr))

    /// Numbers spread evenly over 0 ... 1, which is excluded. 'T is floating.
    let uniform<'T when 'T: struct> (shape: int list) (key: Tensor<uint32>) : Tensor<'T> =
        Tensor<'T>(Adjoint.Front.Rng.Uniform(key.Expr, shapeOf shape, DTypeOf<'T>.Value))

    /// Numbers spread evenly over low ... high, which is excluded. 'T is floating.
    let uniformIn (low: float) (high: float) (shape: int list) (key: Tensor<uint32>) : Tensor<'T> =
        Tensor<'T>(Adjoint.Front.Rng.Uniform(key.Expr, shapeOf shape, DTypeOf<'T>.Value, low, high))

    /// Normally distributed numbers of mean 0 and variance 1. 'T is floating.
    let normal<'T when 'T: struct> (shape: int list) (key: Tensor<uint32>) : Tensor<'T> =
        Tensor<'T>(Adjoint.Front.Rng.Normal(key.Expr, shapeOf shape, DTypeOf<'T>.Value))

    /// True with a probability, for each element.
    let bernoulli (probability: float) (shape: int list) (key: Tensor<uint32>) : Tensor<bool> =
        Tensor<bool>(Adjoint.Front.Rng.Bernoulli(key.Expr, shapeOf shape, probability))

    /// Whole numbers spread evenly over low ... high, which is excluded. DomainException: the range is empty.
    let integers (low: int) (high: int) (shape: int list) (key: Tensor<uint32>) : Tensor<int> =
        Tensor<int>(Adjoint.Front.Rng.Integers(key.Expr, shapeOf shape, int64 low, int64 high, DType.I32))

    /// 0 ... count - 1 in random order.
    let permutation (count: int) (key: Tensor<uint32>) : Tensor<int64> =
        Tensor<int64>(Adjoint.Front.Rng.Permutation(key.Expr, count))

    /// Indices along the last axis of logits, with probabilities in proportion to the exponentials of its elements.
    let categorical (logits: Tensor<'T>) (key: Tensor<uint32>) : Tensor<int64> =
        Tensor<int64>(Adjoint.Front.Rng.Categorical(key.Expr, logits.Expr))
