namespace Adjoint

open System
open Adjoint.Front

/// Courses of a rate: functions from the number of updates so far to a factor, for `Optim.scheduled`. They start at 1 unless said
/// otherwise, so that the rate given to the optimizer is the largest one. Any function of this type is a schedule.
[<RequireQualifiedAccess>]
module Schedule =

    let private ofFront (schedule: Func<Expr, Expr>) (step: Tensor<int64>) : Tensor<float> =
        Tensor<float>(schedule.Invoke step.Expr)

    let private toFront (schedule: Tensor<int64> -> Tensor<float>) =
        Func<Expr, Expr>(fun step -> (schedule (Tensor<int64> step)).Expr)

    /// Always the same.
    let constant (factor: float) : Tensor<int64> -> Tensor<float> =
        ofFront (Adjoint.Front.Schedule.Constant factor)

    /// From one factor straight to another within so many steps, and on there.
    let linear (from: float) (into: float) (steps: int) : Tensor<int64> -> Tensor<float> =
        ofFront (Adjoint.Front.Schedule.Linear(from, into, steps))

    /// into + (from - into) (1 - t / steps)^power within so many steps, and on at the end.
    let polynomial (power: float) (from: float) (into: float) (steps: int) : Tensor<int64> -> Tensor<float> =
        ofFront (Adjoint.Front.Schedule.Polynomial(from, into, power, steps))

    /// factor^(t / steps): smoothly multiplied by the factor within each so many steps.
    let exponential (factor: float) (steps: int) : Tensor<int64> -> Tensor<float> =
        ofFront (Adjoint.Front.Schedule.Exponential(factor, steps))

    /// Multiplied by the factor at the end of each so many steps.
    let staircase (factor: float) (steps: int) : Tensor<int64> -> Tensor<float> =
        ofFront (Adjoint.Front.Schedule.Exponential(factor, steps, true))

    /// Multiplied by a factor at each of these steps: `Schedule.piecewise [ 1000, 0.1; 2000, 0.1 ]`.
    let piecewise (jumps: (int * float) list) : Tensor<int64> -> Tensor<float> =
        ofFront (Adjoint.Front.Schedule.Piecewise [| for step, factor in jumps -> struct (step, factor) |])

    /// Half a cosine from 1 down to a last factor within so many steps (Loshchilov and Hutter 2017), and on there.
    let cosineTo (last: float) (steps: int) : Tensor<int64> -> Tensor<float> =
        ofFront (Adjoint.Front.Schedule.Cosine(steps, last))

    /// Half a cosine from 1 down to 0 within so many steps, and on there.
    let cosine (steps: int) : Tensor<int64> -> Tensor<float> = cosineTo 0.0 steps

    /// From 0 straight to 1 within so many steps, and then another schedule from its beginning.
    let warmup (steps: int) (next: Tensor<int64> -> Tensor<float>) : Tensor<int64> -> Tensor<float> =
        ofFront (Adjoint.Front.Schedule.Warmup(steps, toFront next))

    /// From 0 straight to 1 within the first number of steps, then half a cosine to 0; the second is the number of steps in all.
    let warmupCosine (warmup: int) (steps: int) : Tensor<int64> -> Tensor<float> =
        ofFront (Adjoint.Front.Schedule.WarmupCosine(warmup, steps))

    /// One cycle by halves of cosines: from 1/25 up to 1 within 0.3 of the steps, then down to 1/250000 (Smith and Topin 2018).
    let oneCycle (steps: int) : Tensor<int64> -> Tensor<float> =
        ofFront (Adjoint.Front.Schedule.OneCycle steps)

    /// From 0 straight to 1 within so many steps, then down as the root of warmup / t (Vaswani et al. 2017).
    let inverseSqrt (warmup: int) : Tensor<int64> -> Tensor<float> =
        ofFront (Adjoint.Front.Schedule.InverseSqrt warmup)
