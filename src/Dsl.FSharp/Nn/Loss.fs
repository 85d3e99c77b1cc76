namespace Adjoint.Nn

open Adjoint

/// Losses, example by example; `|> Tensor.mean` is the usual end. The target comes first, the prediction last.
/// Those of logits, and their derivatives, are finite for any finite logits.
[<RequireQualifiedAccess>]
module Loss =

    let private of' (make: Expr * Expr -> Expr) (target: Tensor<'T>) (prediction: Tensor<'T>) : Tensor<'T> =
        Tensor.ofExpr (make (prediction.Expr, target.Expr))

    /// (prediction - target)², number by number. ShapeException, here and below: the shapes differ.
    let squared (target: Tensor<'T>) (prediction: Tensor<'T>) : Tensor<'T> =
        of' Front.Loss.Squared target prediction

    /// |prediction - target|, number by number; derivative 0 where they are equal.
    let absolute (target: Tensor<'T>) (prediction: Tensor<'T>) : Tensor<'T> =
        of' Front.Loss.Absolute target prediction

    /// Squares over 2 up to delta, and straight beyond: delta (|r| - delta / 2) (Huber 1964).
    let huber (delta: float) (target: Tensor<'T>) (prediction: Tensor<'T>) : Tensor<'T> =
        of' (fun (x, y) -> Front.Loss.Huber(x, y, delta)) target prediction

    /// Huber's loss of delta beta over beta: |r| - beta / 2 far out (Girshick 2015).
    let smoothL1 (beta: float) (target: Tensor<'T>) (prediction: Tensor<'T>) : Tensor<'T> =
        of' (fun (x, y) -> Front.Loss.SmoothL1(x, y, beta)) target prediction

    /// ln cosh(prediction - target), without overflow.
    let logCosh (target: Tensor<'T>) (prediction: Tensor<'T>) : Tensor<'T> =
        of' Front.Loss.LogCosh target prediction

    /// -ln of a normal density, from its mean and ln of its variance.
    let gaussian (target: Tensor<'T>) (mean: Tensor<'T>, logVariance: Tensor<'T>) : Tensor<'T> =
        Tensor.ofExpr (Front.Loss.Gaussian(mean.Expr, logVariance.Expr, target.Expr))

    /// -ln of a Poisson probability of a count, from ln of its rate.
    let poisson (count: Tensor<'T>) (logRate: Tensor<'T>) : Tensor<'T> = of' Front.Loss.Poisson count logRate

    /// -ln p of a yes or no, from the logit of yes and targets from 0 (no) to 1 (yes), number by number.
    let binaryCrossEntropy (targets: Tensor<'T>) (logits: Tensor<'T>) : Tensor<'T> =
        of' Front.Loss.BinaryCrossEntropy targets logits

    /// -ln p of a yes or no, from the probability of yes, which is moved into 1e-7 ... 1 - 1e-7. Prefer logits.
    let binaryCrossEntropyOfProbabilities (targets: Tensor<'T>) (probabilities: Tensor<'T>) : Tensor<'T> =
        of' (fun (x, y) -> Front.Loss.BinaryCrossEntropyOfProbabilities(x, y)) targets probabilities

    /// Binary cross-entropy times (1 - p)^gamma, p being the probability of the truth (Lin et al. 2017).
    let focal (gamma: float) (targets: Tensor<'T>) (logits: Tensor<'T>) : Tensor<'T> =
        of' (fun (x, y) -> Front.Loss.Focal(x, y, gamma)) targets logits

    /// -ln p of the true class, from logits [.., classes] and integer labels [..].
    /// DomainException, when it runs: a label is no class. ShapeException: the labels' shape is not the logits' without the last axis.
    let crossEntropy (labels: Tensor<'I>) (logits: Tensor<'T>) : Tensor<'T> =
        Tensor.ofExpr (Front.Loss.CrossEntropy(logits.Expr, labels.Expr))

    /// `crossEntropy` with a share of the truth spread evenly over all classes (Szegedy et al. 2016).
    let smoothedCrossEntropy (smoothing: float) (labels: Tensor<'I>) (logits: Tensor<'T>) : Tensor<'T> =
        Tensor.ofExpr (Front.Loss.CrossEntropy(logits.Expr, labels.Expr, -1, smoothing))

    /// The sum of -t ln p over the last axis, from logits and a distribution t over classes, such as one-hot vectors.
    let crossEntropyOf (distribution: Tensor<'T>) (logits: Tensor<'T>) : Tensor<'T> =
        of' (fun (x, y) -> Front.Loss.CrossEntropyOf(x, y)) distribution logits

    /// The sum of -t ln p over the last axis, from probabilities, which are moved to 1e-7 ... 1. Prefer logits.
    let crossEntropyOfProbabilities (distribution: Tensor<'T>) (probabilities: Tensor<'T>) : Tensor<'T> =
        of' (fun (x, y) -> Front.Loss.CrossEntropyOfProbabilities(x, y)) distribution probabilities

    /// The sum of t (ln t - ln p) over the last axis, from ln p; 0 ln 0 is 0 (Kullback and Leibler 1951).
    let kullbackLeibler (distribution: Tensor<'T>) (logProbabilities: Tensor<'T>) : Tensor<'T> =
        of' (fun (x, y) -> Front.Loss.KullbackLeibler(x, y)) distribution logProbabilities

    /// max(0, 1 - y s) of scores s and signs y, -1 or 1.
    let hinge (signs: Tensor<'T>) (scores: Tensor<'T>) : Tensor<'T> = of' Front.Loss.Hinge signs scores

    /// max(0, 1 - y s)² of scores s and signs y, -1 or 1.
    let squaredHinge (signs: Tensor<'T>) (scores: Tensor<'T>) : Tensor<'T> =
        of' Front.Loss.SquaredHinge signs scores

    /// The cosine of the angle between vectors along the last axis; 0 for a vector of zeros.
    let cosineSimilarity (x: Tensor<'T>) (y: Tensor<'T>) : Tensor<'T> =
        of' (fun (x, y) -> Front.Loss.CosineSimilarity(x, y)) y x

    /// 1 - cos of pairs with sign 1, max(0, cos - margin) of those with sign -1.
    let cosineEmbedding (margin: float) (signs: Tensor<'T>) (x: Tensor<'T>, y: Tensor<'T>) : Tensor<'T> =
        Tensor.ofExpr (Front.Loss.CosineEmbedding(x.Expr, y.Expr, signs.Expr, margin))

    /// max(0, |a - p| - |a - n| + margin) of an anchor, one like it and one unlike it, along the last axis (Schroff et al. 2015).
    let triplet (margin: float) (anchor: Tensor<'T>, positive: Tensor<'T>, negative: Tensor<'T>) : Tensor<'T> =
        Tensor.ofExpr (Front.Loss.Triplet(anchor.Expr, positive.Expr, negative.Expr, margin))
