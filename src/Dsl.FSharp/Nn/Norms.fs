namespace Adjoint.Nn

open Adjoint
open Adjoint.Front

/// What a normalisation learns: a factor (Scale) and a term (Shift) for each channel or feature.
type Norm<'T when 'T: struct> =
    {
        Scale: Tensor<'T>
        Shift: Tensor<'T>
    }

    /// Factor 1 and term 0.
    static member internal Plain(shape: int list) : Norm<'T> =
        {
            Scale = Tensor.ones shape
            Shift = Tensor.zeros shape
        }

/// Running Mean and Variance of the channels of a batch norm: state beside the model, without gradient.
type Running<'T when 'T: struct> =
    {
        Mean: Tensor<'T>
        Variance: Tensor<'T>
    }

/// Normalises each channel of [N, C, S..] over the batch (Ioffe and Szegedy 2015). Variances are divided by n.
[<RequireQualifiedAccess>]
module BatchNorm =

    /// Factors 1 and terms 0.
    let init (channels: int) : Norm<'T> = Norm<'T>.Plain [ channels ]

    /// Running statistics before the first batch: mean 0, variance 1.
    let start (channels: int) : Running<'T> =
        {
            Mean = Tensor.zeros [ channels ]
            Variance = Tensor.ones [ channels ]
        }

    /// Normalises by the statistics of this batch, and gives them: y, mean and variance of each channel.
    let apply (layer: Norm<'T>) (x: Tensor<'T>) : Tensor<'T> * Running<'T> =
        let struct (y, mean, variance) = Nn.BatchNorm(x.Expr, layer.Scale.Expr, layer.Shift.Expr)

        Tensor.ofExpr y,
        {
            Mean = Tensor.ofExpr mean
            Variance = Tensor.ofExpr variance
        }

    /// In training: normalises by the statistics of this batch; running ones keep a share (0.9, 0.99) and take the rest from it.
    let train (kept: float) (layer: Norm<'T>) (running: Running<'T>) (x: Tensor<'T>) : Tensor<'T> * Running<'T> =
        let y, batch = apply layer x
        y, Optim.average kept running (stopGradient batch)

    /// Afterwards: normalises by running statistics.
    let infer (layer: Norm<'T>) (running: Running<'T>) (x: Tensor<'T>) : Tensor<'T> =
        Tensor.ofExpr (Nn.BatchNorm(x.Expr, layer.Scale.Expr, layer.Shift.Expr, running.Mean.Expr, running.Variance.Expr))

/// Normalises each example over its last axes (Ba, Kiros and Hinton 2016).
[<RequireQualifiedAccess>]
module LayerNorm =

    /// Factors 1 and terms 0 for the last axes: [width].
    let init (shape: int list) : Norm<'T> = Norm<'T>.Plain shape

    /// Normalises over the layer's axes.
    let apply (layer: Norm<'T>) (x: Tensor<'T>) : Tensor<'T> =
        Tensor.ofExpr (Nn.LayerNorm(x.Expr, layer.Scale.Expr, layer.Shift.Expr))

/// Normalises groups of channels of [N, C, S..], each example by itself (Wu and He 2018).
[<RequireQualifiedAccess>]
module GroupNorm =

    /// Factors 1 and terms 0.
    let init (channels: int) : Norm<'T> = Norm<'T>.Plain [ channels ]

    /// Normalises in so many groups of neighbouring channels. ShapeException: the channels don't divide.
    let apply (groups: int) (layer: Norm<'T>) (x: Tensor<'T>) : Tensor<'T> =
        Tensor.ofExpr (Nn.GroupNorm(x.Expr, groups, layer.Scale.Expr, layer.Shift.Expr))

/// Normalises each channel of each example of [N, C, S..] (Ulyanov, Vedaldi and Lempitsky 2016).
[<RequireQualifiedAccess>]
module InstanceNorm =

    /// Factors 1 and terms 0.
    let init (channels: int) : Norm<'T> = Norm<'T>.Plain [ channels ]

    /// Normalises.
    let apply (layer: Norm<'T>) (x: Tensor<'T>) : Tensor<'T> =
        Tensor.ofExpr (Nn.InstanceNorm(x.Expr, layer.Scale.Expr, layer.Shift.Expr))

/// What a root mean square norm learns: a factor (Scale) for each feature.
type RmsNorm<'T when 'T: struct> = { Scale: Tensor<'T> }

/// Divides each example by the root of its mean square over the last axes (Zhang and Sennrich 2019).
[<RequireQualifiedAccess>]
module RmsNorm =

    /// Factors 1 for the last axes: [width].
    let init (shape: int list) : RmsNorm<'T> = { Scale = Tensor.ones shape }

    /// Normalises over the layer's axes.
    let apply (layer: RmsNorm<'T>) (x: Tensor<'T>) : Tensor<'T> =
        Tensor.ofExpr (Nn.RmsNorm(x.Expr, layer.Scale.Expr))
