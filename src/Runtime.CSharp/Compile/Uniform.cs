using Adjoint.Core;
using Adjoint.Ir;
using Adjoint.Primitives;

namespace Adjoint.Compile;

/// <summary>Values that are one number everywhere, known before anything runs: a constant, or one repeated.</summary>
internal static class Uniform
{
    /// <summary>The number; null where the value is not of that kind.</summary>
    internal static Scalar? Of(Value value)
    {
        Node? node = value.Producer;
        while (node?.Primitive is Broadcast)
        {
            node = node.Operands[0].Producer;
        }

        return node?.Primitive is Constant constant ? constant.Value : null;
    }

    /// <summary>Whether a value is made of nothing that is computed: as good as a literal wherever it stands.</summary>
    internal static bool IsLiteral(Value value) =>
        value.Producer is { Operands.Length: 0, Primitive: Iota or StackEmpty } || Of(value) is not null;

    /// <summary>The literal of the other sign; null where a value is no literal of floating numbers.</summary>
    internal static Value? Negated(Value value) => Of(value) is { } number && number.Type.IsFloating()
        ? Like(value, Scalar.Of(number.Type, -number.AsDouble))
        : null;

    /// <summary>A tensor of one number everywhere, of a value's type.</summary>
    internal static Value Like(Value model, Scalar number) => Ops.Full(model.Tensor.Shape, number);
}
