using Adjoint.Core;
using Adjoint.Execute;
using Adjoint.Front;
using Adjoint.Ir;

namespace Adjoint.Examples.CSharpService;

/// <summary>The mean squared error of a linear model and its gradient: a graph that is built and compiled once, for all callers.</summary>
public static class LossProgram
{
    /// <summary>The number of measurements in a call.</summary>
    public const int Rows = 50;

    /// <summary>The number of weights, and of numbers in each measurement.</summary>
    public const int Columns = 3;

    /// <summary>The compiled program: (weights, inputs, targets) → (loss, its gradient in the weights). It may run on many threads at once.</summary>
    public static Executable Compiled { get; } = Executable.Compile(Build());

    /// <summary>The mean of (x·w − y)² over the rows x.</summary>
    private static Expr Loss(Expr weights, Expr inputs, Expr targets) => (inputs.MatMul(weights) - targets).Square().Mean();

    private static Graph Build() => GraphBuilder.Build(
        [TensorType.Of(DType.F64, Columns), TensorType.Of(DType.F64, Rows, Columns), TensorType.Of(DType.F64, Rows)],
        parameters =>
        {
            // The gradient is asked for in the weights alone: to it, inputs and targets are constants.
            Func<Expr, Expr> loss = weights => Loss(weights, parameters[1], parameters[2]);
            (Expr value, Expr gradient) = Differential.ValueAndGrad(loss)(parameters[0]);
            return [value, gradient];
        },
        ["weights", "inputs", "targets"]);
}
