using Adjoint.Core;
using Adjoint.Ir;
using Adjoint.Primitives;

namespace Adjoint.Compile.Methods;

/// <summary>About how many instructions an element of a node's result takes, besides reading its operands; and how often it reads them.</summary>
internal static class ElementWork
{
    private const double Function = 20;

    /// <summary>Instructions of an element by itself.</summary>
    internal static double Own(Node node) => node.Primitive switch
    {
        Constant or Reshape or Permute or StopGradient => 0,
        Broadcast or Iota or Slice or Reverse => 0.5,
        Exp or Expm1 or Log or Log1p or Tanh or Sin or Cos or Tan or Pow or Logistic or Erf or Erfc or Sinh or Cosh
            or Asin or Acos or Atan or Atan2 or Asinh or Acosh or Atanh or Cbrt => Function,
        ErfInv or Lgamma or Polygamma => 4 * Function,
        Div or Sqrt or Rsqrt or Rem => 4,
        Threefry or RandomBits => 5 * Function,
        Pad or DynamicSlice or Concatenate => 3,
        Gather => 6,
        _ => 1,
    };

    /// <summary>How many elements of each operand an element of the result reads.</summary>
    internal static double Joined(Node node) =>
        IsJoining(node.Primitive) && node.Operands[0].Type is TensorType x && node.Results[0].Type is TensorType result && result.Shape.Size > 0
            ? node.Primitive is DotGeneral dot ? x.Shape.Select(dot.LeftContract).Size : Math.Max(1, (double)x.Shape.Size / result.Shape.Size)
            : 1;

    /// <summary>Whether an element of the result is joined from many.</summary>
    internal static bool IsJoining(Primitive primitive) =>
        primitive is DotGeneral or ReduceSum or Reduction or WindowSum or WindowMax;

    /// <summary>Whether it reads its first operand at places that are known only when it runs.</summary>
    internal static bool ReadsAnywhere(Primitive primitive) => primitive is DynamicSlice or Gather;

    /// <summary>Whether it may end the run with an error.</summary>
    internal static bool MayFail(Node node) => node.Primitive switch
    {
        Div or Rem => node.Result.Tensor.DType.IsInteger(),
        DynamicSlice slice => slice.Checked,
        Gather gather => gather.Mode == OutOfRange.Check,
        _ => false,
    };
}
