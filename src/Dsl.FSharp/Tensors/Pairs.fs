namespace Adjoint

open Adjoint.Core
open Adjoint.Front

/// Functions of two tensors and more, element by element. Operands broadcast.
[<AutoOpen>]
module TensorPairs =

    [<RequireQualifiedAccess>]
    module Tensor =

        let private binary (f: Expr * Expr -> Expr) (x: Tensor<'T>) (y: Tensor<'T>) = Tensor<'T>(f (x.Expr, y.Expr))

        /// The larger of two; NaN if either is. Where both are equal the gradient is split evenly.
        let maximum (x: Tensor<'T>) (y: Tensor<'T>) : Tensor<'T> = binary Tensors.Maximum x y

        /// The smaller of two; NaN if either is. Where both are equal the gradient is split evenly.
        let minimum (x: Tensor<'T>) (y: Tensor<'T>) : Tensor<'T> = binary Tensors.Minimum x y

        /// x to the power y, of floating numbers; `x ** 2.0` for a plain number.
        let pow (x: Tensor<'T>) (y: Tensor<'T>) : Tensor<'T> = binary Tensors.Pow x y

        /// Bits moved up; zeros come in. 0 for a distance outside the width.
        let shiftLeft (x: Tensor<'T>) (y: Tensor<'T>) : Tensor<'T> = binary Tensors.ShiftLeft x y

        /// Bits moved down; zeros come in.
        let shiftRightLogical (x: Tensor<'T>) (y: Tensor<'T>) : Tensor<'T> = binary Tensors.ShiftRightLogical x y

        /// Bits moved down; the sign comes in.
        let shiftRightArithmetic (x: Tensor<'T>) (y: Tensor<'T>) : Tensor<'T> = binary Tensors.ShiftRightArithmetic x y

        /// The angle of the point (x, y), from -pi to pi.
        let atan2 (y: Tensor<'T>) (x: Tensor<'T>) : Tensor<'T> = binary Tensors.Atan2 y x

        /// x y + z, rounded once.
        let fma (x: Tensor<'T>) (y: Tensor<'T>) (z: Tensor<'T>) : Tensor<'T> =
            Tensor<'T>(Tensors.Fma(x.Expr, y.Expr, z.Expr))

        /// Elements of x where the condition holds, of y elsewhere. Nothing flows back into what isn't chosen, not even NaN
        /// of its value; but a function that is infinite there still is: choose its argument, too.
        let where (condition: Tensor<bool>) (x: Tensor<'T>) (y: Tensor<'T>) : Tensor<'T> =
            Tensor<'T>(Tensors.Where(condition.Expr, x.Expr, y.Expr))

        /// Elements moved into low ... high; NaN stays. Outside the derivative is 0, on a bound a half.
        let clip (low: 'T) (high: 'T) (x: Tensor<'T>) : Tensor<'T> =
            Tensor<'T>(Tensors.Clip(x.Expr, (x.Like low).Expr, (x.Like high).Expr))

        /// Complex numbers of their parts: 'C is Complex for float, Complex64 for float32.
        let complex (real: Tensor<'T>) (imaginary: Tensor<'T>) : Tensor<'C> =
            TensorCreation.Tensor.ofExpr (Tensors.Complex(real.Expr, imaginary.Expr))

        /// Real part: 'T is float for Complex, float32 for Complex64.
        let real (x: Tensor<'C>) : Tensor<'T> =
            TensorCreation.Tensor.ofExpr (Tensors.Real x.Expr)

        /// Imaginary part; zeros for a real tensor.
        let imag (x: Tensor<'C>) : Tensor<'T> =
            TensorCreation.Tensor.ofExpr (Tensors.Imag x.Expr)
