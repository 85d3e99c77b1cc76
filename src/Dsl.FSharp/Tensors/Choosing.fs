namespace Adjoint

open Adjoint.Core
open Adjoint.Front

/// Choices element by element: all sides are computed, and derivatives go to what is chosen. See `Tensor.where`.
[<AutoOpen>]
module TensorChoosing =

    [<RequireQualifiedAccess>]
    module Tensor =

        /// x where the condition holds, a number elsewhere: `x |> Tensor.keepWhere (x .> 0.0) 0.0`.
        let keepWhere (condition: Tensor<bool>) (number: 'T) (x: Tensor<'T>) : Tensor<'T> =
            Tensor<'T>(Tensors.Where(condition.Expr, x.Expr, Tensors.Full(Shape.Scalar, Host.scalar number)))

        /// A number where the condition holds, x elsewhere: `x |> Tensor.fillWhere (Tensor.isNan x) 0.0`.
        let fillWhere (condition: Tensor<bool>) (number: 'T) (x: Tensor<'T>) : Tensor<'T> =
            Tensor<'T>(Tensors.Where(condition.Expr, Tensors.Full(Shape.Scalar, Host.scalar number), x.Expr))

        /// A number where the condition holds, another elsewhere.
        let whereNumbers (condition: Tensor<bool>) (number: 'T) (other: 'T) : Tensor<'T> =
            keepWhere condition other (Tensor<'T>(Tensors.Full(Shape.Scalar, Host.scalar number)))

        /// Elements raised to a number where they are below it; NaN stays. On it the derivative is a half.
        let atLeast (number: 'T) (x: Tensor<'T>) : Tensor<'T> =
            Tensor<'T>(Tensors.Maximum(x.Expr, (x.Like number).Expr))

        /// Elements lowered to a number where they are above it; NaN stays. On it the derivative is a half.
        let atMost (number: 'T) (x: Tensor<'T>) : Tensor<'T> =
            Tensor<'T>(Tensors.Minimum(x.Expr, (x.Like number).Expr))

        /// The value of the first condition that holds, a number where none does: `Tensor.select [ x .< 0.0, -x; x .> 1.0, x ] 0.5`.
        let select (cases: (Tensor<bool> * Tensor<'T>) list) (otherwise: 'T) : Tensor<'T> =
            let conditions, choices = List.unzip cases

            Tensor<'T>(
                Tensors.Select(
                    [| for condition in conditions -> condition.Expr |],
                    [| for choice in choices -> choice.Expr |],
                    Tensors.Full(Shape.Scalar, Host.scalar otherwise)
                )
            )

        /// For each index the element of that choice; all broadcast, an index out of range is clamped. As NumPy's choose.
        let choose (choices: Tensor<'T> list) (index: Tensor<'I>) : Tensor<'T> =
            Tensor<'T>(Tensors.Choose(index.Expr, [| for choice in choices -> choice.Expr |]))

        /// The same numbers as float. See `cast`.
        let toFloat (x: Tensor<'T>) : Tensor<float> =
            Tensor<float>(Tensors.Cast(x.Expr, DType.F64))

        /// The same numbers as float32, rounded. See `cast`.
        let toFloat32 (x: Tensor<'T>) : Tensor<float32> =
            Tensor<float32>(Tensors.Cast(x.Expr, DType.F32))

        /// The same numbers as int: floats are cut towards zero and saturate, NaN gives 0; integers wrap. See `cast`.
        let toInt (x: Tensor<'T>) : Tensor<int> =
            Tensor<int>(Tensors.Cast(x.Expr, DType.I32))

        /// The same numbers as int64: floats are cut towards zero and saturate, NaN gives 0; integers wrap. See `cast`.
        let toInt64 (x: Tensor<'T>) : Tensor<int64> =
            Tensor<int64>(Tensors.Cast(x.Expr, DType.I64))

        /// Which numbers are not 0.
        let toBool (x: Tensor<'T>) : Tensor<bool> = Tensor<bool>(Tensors.Truth x.Expr)
