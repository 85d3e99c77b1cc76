namespace Adjoint

open Adjoint.Core
open Adjoint.Front

/// Random numbers from explicit keys: the same key gives the same numbers, on every machine and in any trace.
/// Use each key once: split it, or fold a number into it, for more.
[<RequireQualifiedAccess>]
module Random =

    let private shapeOf (shape: int list) = Shape.Of(Array.ofList shape)

    /// The key of a seed: [2].
    let key (seed: int) : Tensor<uint32> = Tensor<uint32>(Rng.Key(int64 seed))

    /// Two new keys; the old one is not used again.
    let split (key: Tensor<uint32>) : Tensor<uint32> * Tensor<uint32> =
        let keys = Rng.Split key.Expr
        Tensor<uint32> keys[0], Tensor<uint32> keys[1]

    /// So many new keys, [count, 2], one for each lane of a `vmap`; the old one is not used again.
    let splitMany (count: int) (key: Tensor<uint32>) : Tensor<uint32> =
        Tensor<uint32>(Rng.SplitMany(key.Expr, count))

    /// A new key from a key and a number, such as a step's.
    let foldIn (number: int) (key: Tensor<uint32>) : Tensor<uint32> =
        Tensor<uint32>(Rng.FoldIn(key.Expr, number))

    /// A new key from a key and an integer of rank 0, known when it runs.
    let foldInTensor (number: Tensor<'I>) (key: Tensor<uint32>) : Tensor<uint32> =
        Tensor<uint32>(Rng.FoldIn(key.Expr, number.Expr))

    /// Numbers spread evenly over 0 ... 1, which is excluded. 'T is floating.
    let uniform<'T when 'T: struct> (shape: int list) (key: Tensor<uint32>) : Tensor<'T> =
        Tensor<'T>(Rng.Uniform(key.Expr, shapeOf shape, DTypeOf<'T>.Value))

    /// Numbers spread evenly over low ... high, which is excluded. 'T is floating.
    let uniformIn (low: float) (high: float) (shape: int list) (key: Tensor<uint32>) : Tensor<'T> =
        Tensor<'T>(Rng.Uniform(key.Expr, shapeOf shape, DTypeOf<'T>.Value, low, high))

    /// Normally distributed numbers of mean 0 and variance 1. 'T is floating.
    let normal<'T when 'T: struct> (shape: int list) (key: Tensor<uint32>) : Tensor<'T> =
        Tensor<'T>(Rng.Normal(key.Expr, shapeOf shape, DTypeOf<'T>.Value))

    /// Numbers spread evenly over low ... high, which broadcast to the shape; derivatives pass through both. 'T is float32 or float.
    let uniformBetween (low: Tensor<'T>) (high: Tensor<'T>) (shape: int list) (key: Tensor<uint32>) : Tensor<'T> =
        Tensor<'T>(Rng.Uniform(key.Expr, shapeOf shape, low.Expr, high.Expr))

    /// Normally distributed numbers, of mean 0 and variance 1, that lie between two bounds. 'T is floating.
    /// DomainException: the lower bound is not below the upper one.
    let truncatedNormal (lower: float) (upper: float) (shape: int list) (key: Tensor<uint32>) : Tensor<'T> =
        Tensor<'T>(Rng.TruncatedNormal(key.Expr, shapeOf shape, lower, upper, DTypeOf<'T>.Value))

    /// Numbers of the standard Gumbel distribution, -ln(-ln u). 'T is floating.
    let gumbel<'T when 'T: struct> (shape: int list) (key: Tensor<uint32>) : Tensor<'T> =
        Tensor<'T>(Rng.Gumbel(key.Expr, shapeOf shape, DTypeOf<'T>.Value))

    /// Numbers of the exponential distribution of mean 1. 'T is floating.
    let exponential<'T when 'T: struct> (shape: int list) (key: Tensor<uint32>) : Tensor<'T> =
        Tensor<'T>(Rng.Exponential(key.Expr, shapeOf shape, DTypeOf<'T>.Value))

    /// Numbers of the standard Laplace distribution, of variance 2. 'T is floating.
    let laplace<'T when 'T: struct> (shape: int list) (key: Tensor<uint32>) : Tensor<'T> =
        Tensor<'T>(Rng.Laplace(key.Expr, shapeOf shape, DTypeOf<'T>.Value))

    /// Numbers of the standard Cauchy distribution, which has no mean. 'T is floating.
    let cauchy<'T when 'T: struct> (shape: int list) (key: Tensor<uint32>) : Tensor<'T> =
        Tensor<'T>(Rng.Cauchy(key.Expr, shapeOf shape, DTypeOf<'T>.Value))

    /// Numbers of the standard logistic distribution. 'T is floating.
    let logistic<'T when 'T: struct> (shape: int list) (key: Tensor<uint32>) : Tensor<'T> =
        Tensor<'T>(Rng.Logistic(key.Expr, shapeOf shape, DTypeOf<'T>.Value))

    /// Numbers of the gamma distribution of shape parameters above 0, which broadcast to the shape; multiply for another scale.
    /// 'T is float32 or float. The parameter has no derivative.
    let gamma (alpha: Tensor<'T>) (shape: int list) (key: Tensor<uint32>) : Tensor<'T> =
        Tensor<'T>(Rng.Gamma(key.Expr, alpha.Expr, shapeOf shape))

    /// Numbers of the beta distribution on 0 ... 1 of parameters above 0, which broadcast to the shape and have no derivative.
    let beta (a: Tensor<'T>) (b: Tensor<'T>) (shape: int list) (key: Tensor<uint32>) : Tensor<'T> =
        Tensor<'T>(Rng.Beta(key.Expr, a.Expr, b.Expr, shapeOf shape))

    /// Vectors [draws, n] of the Dirichlet distribution of parameters [n] above 0, which have no derivative: at least 0, of sum 1.
    let dirichlet (alpha: Tensor<'T>) (draws: int list) (key: Tensor<uint32>) : Tensor<'T> =
        Tensor<'T>(Rng.Dirichlet(key.Expr, alpha.Expr, shapeOf draws))

    /// Counts of the Poisson distribution of rates from 0, which broadcast to the shape. 'T is float32 or float.
    let poisson (rate: Tensor<'T>) (shape: int list) (key: Tensor<uint32>) : Tensor<int64> =
        Tensor<int64>(Rng.Poisson(key.Expr, rate.Expr, shapeOf shape))

    /// Random bits. 'T is byte, uint16, uint32 or uint64.
    let bits<'T when 'T: struct> (shape: int list) (key: Tensor<uint32>) : Tensor<'T> =
        Tensor<'T>(Rng.Bits(key.Expr, shapeOf shape, DTypeOf<'T>.Value))

    /// True with a probability, for each element.
    let bernoulli (probability: float) (shape: int list) (key: Tensor<uint32>) : Tensor<bool> =
        Tensor<bool>(Rng.Bernoulli(key.Expr, shapeOf shape, probability))

    /// True with a probability of its own for each element: of the probabilities' shape. 'T is floating.
    let bernoulliOf (probabilities: Tensor<'T>) (key: Tensor<uint32>) : Tensor<bool> =
        Tensor<bool>(Rng.Bernoulli(key.Expr, probabilities.Expr))

    /// -1 or 1, each with probability 1/2.
    let rademacher<'T when 'T: struct> (shape: int list) (key: Tensor<uint32>) : Tensor<'T> =
        Tensor<'T>(Rng.Rademacher(key.Expr, shapeOf shape, DTypeOf<'T>.Value))

    /// Whole numbers spread evenly over low ... high, which is excluded.
    /// DomainException: the range is empty.
    let integers (low: int) (high: int) (shape: int list) (key: Tensor<uint32>) : Tensor<int> =
        Tensor<int>(Rng.Integers(key.Expr, shapeOf shape, int64 low, int64 high, DType.I32))

    /// Whole numbers of any integer type spread evenly over low ... high, which is excluded.
    /// DomainException: the range is empty or past 'T.
    let integersOf (low: int64) (high: int64) (shape: int list) (key: Tensor<uint32>) : Tensor<'T> =
        Tensor<'T>(Rng.Integers(key.Expr, shapeOf shape, low, high, DTypeOf<'T>.Value))

    /// 0 ... count - 1 in random order.
    let permutation (count: int) (key: Tensor<uint32>) : Tensor<int64> =
        Tensor<int64>(Rng.Permutation(key.Expr, count))

    /// The slices of a tensor along an axis in random order, which is the same for all of it.
    let shuffle (axis: int) (x: Tensor<'T>) (key: Tensor<uint32>) : Tensor<'T> =
        Tensor<'T>(Rng.Permutation(key.Expr, x.Expr, axis))

    /// Each line of a tensor along an axis in a random order of its own.
    let shuffleEach (axis: int) (x: Tensor<'T>) (key: Tensor<uint32>) : Tensor<'T> =
        Tensor<'T>(Rng.Permutation(key.Expr, x.Expr, axis, true))

    /// Indices in 0 ... count - 1, all equally likely, with replacement. DomainException: count is below 1.
    let choice (count: int) (shape: int list) (key: Tensor<uint32>) : Tensor<int64> =
        Tensor<int64>(Rng.Choice(key.Expr, count, shapeOf shape))

    /// Different indices in 0 ... count - 1, all equally likely. DomainException: more are drawn than there are.
    let choiceWithout (count: int) (shape: int list) (key: Tensor<uint32>) : Tensor<int64> =
        Tensor<int64>(Rng.Choice(key.Expr, count, shapeOf shape, false))

    /// Indices with probabilities [count], in any scale, with replacement.
    let choiceOf (probabilities: Tensor<'T>) (shape: int list) (key: Tensor<uint32>) : Tensor<int64> =
        Tensor<int64>(Rng.Choice(key.Expr, probabilities.Size, shapeOf shape, true, probabilities.Expr))

    /// Different indices, one after the other with probabilities [count] in proportion among those left.
    /// As many as are drawn must have a probability above 0. DomainException: more are drawn than there are.
    let choiceWithoutOf (probabilities: Tensor<'T>) (shape: int list) (key: Tensor<uint32>) : Tensor<int64> =
        Tensor<int64>(Rng.Choice(key.Expr, probabilities.Size, shapeOf shape, false, probabilities.Expr))

    /// Indices along the last axis of logits, with probabilities in proportion to the exponentials of its elements.
    let categorical (logits: Tensor<'T>) (key: Tensor<uint32>) : Tensor<int64> =
        Tensor<int64>(Rng.Categorical(key.Expr, logits.Expr))

    /// Independent draws of indices along any axis of logits, which goes: draws, then the other axes.
    let categoricalAlong (axis: int) (draws: int list) (logits: Tensor<'T>) (key: Tensor<uint32>) : Tensor<int64> =
        Tensor<int64>(Rng.Categorical(key.Expr, logits.Expr, axis, shapeOf draws))

    /// Normally distributed vectors [draws, n] of a mean [n] and the covariance of a factor L [n, n]: L times its transpose.
    /// Derivatives pass through mean and factor.
    let multivariateNormal (mean: Tensor<'T>) (factor: Tensor<'T>) (draws: int list) (key: Tensor<uint32>) : Tensor<'T> =
        Tensor<'T>(Rng.MultivariateNormal(key.Expr, mean.Expr, factor.Expr, shapeOf draws))

    /// Vectors [shape, n] spread evenly over the sphere of radius 1. 'T is floating.
    let sphere (n: int) (shape: int list) (key: Tensor<uint32>) : Tensor<'T> =
        Tensor<'T>(Rng.Sphere(key.Expr, n, shapeOf shape, DTypeOf<'T>.Value))

    /// Vectors [shape, n] spread evenly over the ball of radius 1. 'T is floating.
    let ball (n: int) (shape: int list) (key: Tensor<uint32>) : Tensor<'T> =
        Tensor<'T>(Rng.Ball(key.Expr, n, shapeOf shape, DTypeOf<'T>.Value))
