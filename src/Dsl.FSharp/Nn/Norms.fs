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

/// What a network's batch norms take their statistics from.
[<RequireQualifiedAccess>]
type internal Statistics<'T when 'T: struct> =
    | First
    | OfBatch of kept: float * Running<'T> list
    | Of of Running<'T> list

/// The batch norms of one run of a network, in the order in which it meets them: each is handed its running statistics, and those after it
/// are collected. Made for each run; a network is a function of it, of its parameters and of its input.
///
///     let running = BatchNorms.Start(fun norms -> logits norms model images)
///     let norms = BatchNorms.Training(0.9, running)
///     let loss = logits norms model images |> Loss.crossEntropy labels |> Tensor.mean
///     loss, norms.Running
[<Sealed>]
type BatchNorms<'T when 'T: struct> internal (statistics: Statistics<'T>) =
    let met = ResizeArray<Running<'T>>()

    let next (running: Running<'T> list) =
        if met.Count < running.Length then
            running[met.Count]
        else
            Broken.structure
                $"BatchNorms: there are {running.Length} running statistics, and the network has more norms. Use BatchNorms.Start."

    /// Normalises by the batch; running statistics keep a share (0.9, 0.99) and take the rest from it.
    static member Training(kept: float, running: Running<'T> list) : BatchNorms<'T> =
        BatchNorms<'T>(Statistics.OfBatch(kept, running))

    /// Normalises by running statistics, which stay as they are.
    static member Inference(running: Running<'T> list) : BatchNorms<'T> = BatchNorms<'T>(Statistics.Of running)

    /// The running statistics before the first batch, of each norm that a run meets: mean 0, variance 1. What the run gives is dropped
    /// without being computed.
    static member Start(run: BatchNorms<'T> -> 'R) : Running<'T> list =
        let norms = BatchNorms<'T> Statistics.First
        run norms |> ignore
        norms.Running

    /// Normalises each channel of [N, C, S..] by the norm's turn. StructureException: more norms are met than there are statistics.
    member _.Apply (layer: Norm<'T>) (x: Tensor<'T>) : Tensor<'T> =
        let y, after =
            match statistics with
            | Statistics.First -> x, BatchNorm.start layer.Scale.Size
            | Statistics.OfBatch(kept, running) -> BatchNorm.train kept layer (next running) x
            | Statistics.Of running -> BatchNorm.infer layer (next running) x, next running

        met.Add after
        y

    /// The running statistics after the norms met so far.
    member _.Running: Running<'T> list = List.ofSeq met

    /// How its norms normalise, and how many it has met.
    override _.ToString() =
        let by =
            match statistics with
            | Statistics.First -> "not at all"
            | Statistics.OfBatch(kept, _) -> $"by the batch, %g{kept} of running statistics kept"
            | Statistics.Of _ -> "by running statistics"

        $"norms {by}, {met.Count} met"

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
