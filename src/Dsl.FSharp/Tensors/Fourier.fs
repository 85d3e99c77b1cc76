namespace Adjoint

open Adjoint.Core
open Adjoint.Front

/// Fourier transforms, scaled as NumPy's: forwards not at all, backwards by 1 / n. Any extent; fast for those with small prime factors.
/// Axes may be negative: -1 is the last. Complex tensors are Tensor<Complex> for float, Tensor<Complex64> for float32.
[<AutoOpen>]
module TensorFourier =

    let inline private make (expr: Expr) : Tensor<'T> = TensorCreation.Tensor.ofExpr expr

    [<RequireQualifiedAccess>]
    module Tensor =

        /// y[k] = sum over j of x[j] exp(-2 pi i jk / n) along the last axis. Real numbers are taken for complex ones.
        let fft (x: Tensor<'T>) : Tensor<'C> = make (Tensors.Fft x.Expr)

        /// y[k] = sum over j of x[j] exp(-2 pi i jk / n) along an axis.
        let fftAlong (axis: int) (x: Tensor<'T>) : Tensor<'C> = make (Tensors.Fft(x.Expr, axis))

        /// The transform along several axes.
        let fftOver (axes: int list) (x: Tensor<'T>) : Tensor<'C> =
            make (Tensors.FftN(x.Expr, Array.ofList axes))

        /// What undoes `fft`: y[k] = 1/n sum over j of x[j] exp(2 pi i jk / n) along the last axis.
        let ifft (x: Tensor<'T>) : Tensor<'C> = make (Tensors.Ifft x.Expr)

        /// What undoes `fftAlong`.
        let ifftAlong (axis: int) (x: Tensor<'T>) : Tensor<'C> = make (Tensors.Ifft(x.Expr, axis))

        /// What undoes `fftOver`.
        let ifftOver (axes: int list) (x: Tensor<'T>) : Tensor<'C> =
            make (Tensors.IfftN(x.Expr, Array.ofList axes))

        /// The first n/2 + 1 numbers of the transform of n real ones along the last axis; the others are the conjugates of these.
        let rfft (x: Tensor<'T>) : Tensor<'C> = make (Tensors.Rfft x.Expr)

        /// `rfft` along an axis.
        let rfftAlong (axis: int) (x: Tensor<'T>) : Tensor<'C> = make (Tensors.Rfft(x.Expr, axis))

        /// `rfft` along the last of some axes, then `fft` along the others.
        let rfftOver (axes: int list) (x: Tensor<'T>) : Tensor<'C> =
            make (Tensors.RfftN(x.Expr, Array.ofList axes))

        /// The n real numbers that have these n/2 + 1 as the first half of their transform, along the last axis: what undoes `rfft`.
        let irfft (n: int) (x: Tensor<'C>) : Tensor<'T> = make (Tensors.Irfft(x.Expr, -1, n))

        /// `irfft` along an axis.
        let irfftAlong (axis: int) (n: int) (x: Tensor<'C>) : Tensor<'T> = make (Tensors.Irfft(x.Expr, axis, n))

        /// What undoes `rfftOver`, where the last of the axes had an even extent.
        let irfftOver (axes: int list) (x: Tensor<'C>) : Tensor<'T> =
            make (Tensors.IrfftN(x.Expr, Array.ofList axes))

        /// The frequencies of a transform of n numbers at a distance, in cycles a unit: 0, 1, ..., -2, -1 over n times the distance.
        let fftFreq (n: int) (distance: float) : Tensor<'T> =
            make (Tensors.FftFreq(DTypes.Of<'T>(), n, distance))

        /// The frequencies of `rfft`: 0 to n/2 over n times the distance.
        let rfftFreq (n: int) (distance: float) : Tensor<'T> =
            make (Tensors.RfftFreq(DTypes.Of<'T>(), n, distance))

        /// Frequency 0 in the middle of some axes.
        let fftShift (axes: int list) (x: Tensor<'T>) : Tensor<'T> =
            Tensor<'T>(Tensors.FftShift(x.Expr, Array.ofList axes))

        /// What undoes `fftShift`.
        let ifftShift (axes: int list) (x: Tensor<'T>) : Tensor<'T> =
            Tensor<'T>(Tensors.IfftShift(x.Expr, Array.ofList axes))
