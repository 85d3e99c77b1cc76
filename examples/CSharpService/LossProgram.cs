using Adjoint.Core;
using Adjoint.Formats;
using Adjoint.Front;
using Adjoint.Ir;

namespace Adjoint.Examples.CSharpService;

/// <summary>The mean squared error of a linear model and its gradient: built once and kept in a file, as whoever made the model does.</summary>
public static class LossProgram
{
    /// <summary>The number of measurements in a call.</summary>
    public const int Rows = 50;

    /// <summary>The number of weights, and of numbers in each measurement.</summary>
    public const int Columns = 3;

    /// <summary>Writes the program to a file: (weights, inputs, targets) → (loss, its gradient in the weights).</summary>
    public static void Save(string path) => Build().Save(path);

    /// <summary>The mean of (x·w − y)² over the rows x.</summary>
    private static Expr Loss(Expr weights, Expr inputs, Expr targets) => (inputs.MatMul(weights) - targets).Square().Mean();

    private static SavedProgram Build() => SavedProgram.Trace(
        [TensorType.Of(DType.F64, Columns), TensorType.Of(DType.F64, Rows, Columns), TensorType.Of(DType.F64, Rows)],
        parameters =>
        {
            // The gradient is asked for in the weights alone: to it, inputs and targets are constants.
            Func<Expr, Expr> loss = weights => Loss(weights, parameters[1], parameters[2]);
            (Expr value, Expr gradient) = Differential.ValueAndGrad(loss)(parameters[0]);
            return [value, gradient];
        },
        ["weights", "inputs", "targets"],
        ["loss", "gradient"]);
}
