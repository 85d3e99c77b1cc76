namespace Adjoint

open Adjoint.Front

/// Which part of a convolution of two vectors is meant: `ConvolutionMode.Full`, `.Same`, `.Valid`.
type ConvolutionMode = Adjoint.Front.ConvolutionMode

/// Differences, slopes, integrals and interpolation of samples; convolutions of vectors; polynomials.
[<AutoOpen>]
module TensorCalculus =

    [<RequireQualifiedAccess>]
    module Tensor =

        /// Differences of neighbours along an axis, which is shorter by one.
        let diff (axis: int) (x: Tensor<'T>) : Tensor<'T> =
            Tensor<'T>(Tensors.Diff(x.Expr, 1, axis))

        /// Differences of neighbours along an axis, so many times.
        let diffN (order: int) (axis: int) (x: Tensor<'T>) : Tensor<'T> =
            Tensor<'T>(Tensors.Diff(x.Expr, order, axis))

        /// Slopes of evenly spaced samples along an axis: central differences within, one-sided at the ends. As NumPy's gradient.
        let gradient (spacing: float) (axis: int) (x: Tensor<'T>) : Tensor<'T> =
            Tensor<'T>(Tensors.Gradient(x.Expr, spacing, axis))

        /// The integral of evenly spaced samples along an axis by the trapezoidal rule.
        let trapezoid (spacing: float) (axis: int) (y: Tensor<'T>) : Tensor<'T> =
            Tensor<'T>(Tensors.Trapezoid(y.Expr, spacing, axis))

        /// The integral of samples y at places x along an axis by the trapezoidal rule; places are a vector or of y's shape.
        let trapezoidOver (x: Tensor<'T>) (axis: int) (y: Tensor<'T>) : Tensor<'T> =
            Tensor<'T>(Tensors.Trapezoid(y.Expr, x.Expr, axis))

        /// Integrals of evenly spaced samples from the first up to each along an axis; the first is 0.
        let cumTrapezoid (spacing: float) (axis: int) (y: Tensor<'T>) : Tensor<'T> =
            Tensor<'T>(Tensors.CumTrapezoid(y.Expr, spacing, axis))

        /// The piecewise linear function through points (places, values), [n] each, places ascending, at x of any shape; constant beyond the ends.
        /// Derivatives pass to all three; at a place the slope is that of the piece on its right.
        let interp (places: Tensor<'T>) (values: Tensor<'T>) (x: Tensor<'T>) : Tensor<'T> =
            Tensor<'T>(Tensors.Interp(x.Expr, places.Expr, values.Expr))

        /// Sum over j of x[j] y[k - j], of two vectors.
        let convolve (mode: ConvolutionMode) (x: Tensor<'T>) (y: Tensor<'T>) : Tensor<'T> =
            Tensor<'T>(Tensors.Convolve(x.Expr, y.Expr, mode))

        /// Sum over j of x[k + j] conj(y[j]), of two vectors.
        let correlate (mode: ConvolutionMode) (x: Tensor<'T>) (y: Tensor<'T>) : Tensor<'T> =
            Tensor<'T>(Tensors.Correlate(x.Expr, y.Expr, mode))

        /// The polynomial with these coefficients, highest first, at x, by Horner's rule.
        let polyVal (coefficients: Tensor<'T>) (x: Tensor<'T>) : Tensor<'T> =
            Tensor<'T>(Tensors.PolyVal(coefficients.Expr, x.Expr))

        /// The sum of two polynomials, coefficients highest first.
        let polyAdd (x: Tensor<'T>) (y: Tensor<'T>) : Tensor<'T> =
            Tensor<'T>(Tensors.PolyAdd(x.Expr, y.Expr))

        /// The product of two polynomials, coefficients highest first.
        let polyMul (x: Tensor<'T>) (y: Tensor<'T>) : Tensor<'T> =
            Tensor<'T>(Tensors.PolyMul(x.Expr, y.Expr))

        /// The derivative of a polynomial, coefficients highest first.
        let polyDer (x: Tensor<'T>) : Tensor<'T> = Tensor<'T>(Tensors.PolyDer x.Expr)

        /// The antiderivative of a polynomial that is 0 at 0, coefficients highest first.
        let polyInt (x: Tensor<'T>) : Tensor<'T> = Tensor<'T>(Tensors.PolyInt x.Expr)

        /// The series of Chebyshev polynomials with these coefficients, lowest first, at x.
        let chebVal (coefficients: Tensor<'T>) (x: Tensor<'T>) : Tensor<'T> =
            Tensor<'T>(Tensors.ChebVal(coefficients.Expr, x.Expr))

        /// The series of Legendre polynomials with these coefficients, lowest first, at x.
        let legVal (coefficients: Tensor<'T>) (x: Tensor<'T>) : Tensor<'T> =
            Tensor<'T>(Tensors.LegVal(coefficients.Expr, x.Expr))

        /// Complex numbers of these lengths and angles: 'C is Complex for float, Complex64 for float32.
        let polar (length: Tensor<'T>) (angle: Tensor<'T>) : Tensor<'C> =
            TensorCreation.Tensor.ofExpr (Tensors.Polar(length.Expr, angle.Expr))

        /// The angle of complex numbers, -pi to pi: 'T is float for Complex, float32 for Complex64. No derivative at 0.
        let angle (x: Tensor<'C>) : Tensor<'T> =
            TensorCreation.Tensor.ofExpr (Tensors.Angle x.Expr)

        /// The absolute value of complex numbers: 'T is float for Complex, float32 for Complex64. The derivative at 0 is 0.
        let magnitude (x: Tensor<'C>) : Tensor<'T> =
            TensorCreation.Tensor.ofExpr (Tensors.Abs x.Expr)

        /// Conjugates with the last two axes exchanged.
        let conjTranspose (x: Tensor<'T>) : Tensor<'T> =
            Tensor<'T>(Tensors.ConjTranspose x.Expr)

        /// Angles along an axis, turned by whole circles so that neighbours differ by at most half of one. The derivative is the identity.
        let unwrap (axis: int) (x: Tensor<'T>) : Tensor<'T> =
            Tensor<'T>(Tensors.Unwrap(x.Expr, axis))
