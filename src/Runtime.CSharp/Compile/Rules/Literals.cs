using System.Collections.Immutable;
using Adjoint.Core;
using Adjoint.Ir;
using Adjoint.Kernels;
using Adjoint.Primitives;

namespace Adjoint.Compile.Rules;

/// <summary>Operations on literals, where every backend gives the same bits: arithmetic, comparison, rounding and bits of real numbers.</summary>
/// <remarks>
/// Functions such as exp stay: their last bit is the backend's own. Sums of several zeros are 0; sums of other numbers stay, since their
/// order rounds. What fails stays, so that it fails when it runs.
/// </remarks>
internal static class Literals
{
    internal static Value? Of(Node node)
    {
        if (node.Operands.IsEmpty || node.Operands[0].Type is not TensorType || node.Results[0].Type is not TensorType type)
        {
            return null;
        }

        return IsExact(node.Primitive) ? Computed(node) : Uniform.Of(node.Operands[0]) is { } x ? Kept(node, type, x) : null;
    }

    private static bool IsExact(Primitive primitive) =>
        primitive is Add or Sub or Mul or Div or Rem or Neg or Abs or Max or Min or Sqrt or Fma
            or Floor or Ceil or Round or Truncate or Sign or IsFinite
            or Compare or Select or Not or And or Or or Xor or ShiftLeft or ShiftRightLogical or ShiftRightArithmetic or PopCount
            or Primitives.Convert;

    private static Value? Computed(Node node)
    {
        var held = new Held[node.Operands.Length];
        for (int i = 0; i < held.Length; i++)
        {
            if (Uniform.Of(node.Operands[i]) is not { } number || number.Type.IsComplex())
            {
                return null;
            }

            held[i] = Held.New(NDArray.Full(Shape.Scalar, number));
        }

        try
        {
            NDArray result = node.Primitive.Evaluate(held, Alone.Instance)[0].Array;
            return result.Type.IsComplex() ? null : Ops.Full(node.Result.Tensor.Shape, result.At(0));
        }
        catch (DomainException)
        {
            return null;
        }
    }

    /// <summary>What lays out, or takes the extremum of, one number everywhere.</summary>
    private static Value? Kept(Node node, TensorType type, Scalar x) => node.Primitive switch
    {
        Reshape or Permute or Reverse or Slice => Ops.Full(type.Shape, x),
        DynamicSlice { Checked: false } or Gather { Mode: OutOfRange.Clamp } => Ops.Full(type.Shape, x),
        Concatenate when node.Operands.All(operand => Uniform.Of(operand) == x) => Ops.Full(type.Shape, x),
        Pad when Uniform.Of(node.Operands[1]) == x => Ops.Full(type.Shape, x),
        ReduceMax or ReduceMin or ReduceAnd or ReduceOr when node.Operands[0].Tensor.Shape.Size > 0 => Ops.Full(type.Shape, x),
        ReduceSum when x == Scalar.Zero(x.Type) => Ops.Full(type.Shape, x),
        _ => null,
    };

    /// <summary>Evaluation of one number: it asks for nothing.</summary>
    private sealed class Alone : EvaluationContext
    {
        internal static Alone Instance { get; } = new();

        public override IParallel Parallel => Serial.Instance;

        public override CancellationToken Cancellation => CancellationToken.None;

        public override Held[] Run(Graph body, ReadOnlySpan<Held> arguments) => throw new InvalidOperationException("No bodies are run here.");

        public override void Report(string line)
        {
        }

        public override void CountElements(long elements)
        {
        }
    }
}
