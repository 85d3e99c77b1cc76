using Adjoint.Core;
using Adjoint.Ir;
using Adjoint.Primitives;

namespace Adjoint.Front.Audits;

/// <summary>What lints ask of values and nodes.</summary>
internal static class Pattern
{
    /// <summary>What a user's line calls where it asks for an operation; what compositions of the library ask for is not the user's.</summary>
    private static readonly Dictionary<string, string[]> Names = new()
    {
        ["add"] = ["addition", "add"],
        ["sub"] = ["subtraction", "subtract", "sub"],
        ["mul"] = ["multiply", "mul", "square", "exponentiation", "pow", "scale"],
        ["div"] = ["division", "divide", "div", "mean", "meanalong", "meanover"],
        ["pow"] = ["exponentiation", "pow"],
        ["select"] = ["where", "select"],
        ["logistic"] = ["sigmoid", "logistic"],
        ["max"] = ["max", "maximum", "relu", "clip"],
        ["reduce_sum"] = ["sum", "sumalong", "sumover", "mean", "meanalong", "meanover"],
        ["reduce_prod"] = ["prod", "prodalong", "prodover", "product"],
        ["convert"] = ["cast"],
    };

    /// <summary>Frames of the library that stand for no function of its own where the others were inlined.</summary>
    private static readonly string[] Inner = ["make", "makeall", "apply", "located", "invoke", "unary", "binary", "ofcall", "get_origin"];

    /// <summary>Whether the user's own line asked for a node.</summary>
    internal static bool IsUsers(Node node)
    {
        if (node.Origin.Call is not { } call)
        {
            return true;
        }

        string name = (call.StartsWith("op_", StringComparison.Ordinal) ? call[3..] : call).ToLowerInvariant();
        return Inner.Contains(name)
            || (Names.TryGetValue(node.Primitive.Name, out string[]? names) ? names.Contains(name) : name == node.Primitive.Name.Replace("_", "", StringComparison.Ordinal));
    }

    /// <summary>The node behind a value, seen through broadcasts and reshapes, if it is of a primitive.</summary>
    internal static Node? Of<T>(Value value)
        where T : Primitive => Root(value).Producer is { Primitive: T } node ? node : null;

    /// <summary>The same, if the user's own line asked for it.</summary>
    internal static Node? UsersOf<T>(Value value)
        where T : Primitive => Of<T>(value) is { } node && IsUsers(node) ? node : null;

    /// <summary>The value that broadcasts and reshapes repeat or rearrange.</summary>
    internal static Value Root(Value value)
    {
        while (value.Producer is { Primitive: Broadcast or Reshape or Permute } node)
        {
            value = node.Operands[0];
        }

        return value;
    }

    /// <summary>Whether a value is this number everywhere.</summary>
    internal static bool IsNumber(Value value, double number) => Of<Constant>(value) is { Primitive: Constant constant } && constant.Value.AsDouble == number;

    /// <summary>Whether a value is a positive number everywhere.</summary>
    internal static bool IsPositiveNumber(Value value) => Of<Constant>(value) is { Primitive: Constant { Value.AsDouble: > 0 } };

    /// <summary>Whether two values are the same numbers, but for how they are repeated.</summary>
    internal static bool Same(Value x, Value y) => ReferenceEquals(Root(x), Root(y));

    /// <summary>x, where a value is x·x, or null.</summary>
    internal static Value? Squared(Value value) => Of<Mul>(value) is { } node && Same(node.Operands[0], node.Operands[1])
        ? Root(node.Operands[0])
        : null;

    /// <summary>Whether no element of a value can be below 0.</summary>
    internal static bool IsNonNegative(Value value) => Root(value).Producer is { } node && node.Primitive switch
    {
        Abs or Exp or Logistic or Sqrt => true,
        Constant constant => constant.Value.AsDouble >= 0,
        Mul => Squared(value) is not null || node.Operands.All(IsNonNegative),
        Max => node.Operands.Any(IsNonNegative),
        Add or ReduceSum or ReduceMax or Div => node.Operands.All(IsNonNegative),
        _ => false,
    };

    /// <summary>Whether a value was made safe: bounded from below, chosen by where, or a sum of what is not negative and a positive number.</summary>
    internal static bool IsGuarded(Value value) => Root(value).Producer is { } node && node.Primitive switch
    {
        Select or Exp or Logistic => true,
        Constant constant => constant.Value.AsDouble > 0,
        Max => node.Operands.Any(operand => IsPositiveNumber(operand) || IsGuarded(operand)),
        Add => node.Operands.Any(IsGuarded) && node.Operands.All(operand => IsGuarded(operand) || IsNonNegative(operand)),
        Mul or Div => node.Operands.All(IsGuarded),
        ReduceSum or ReduceMax or Sqrt => IsGuarded(node.Operands[0]),
        _ => false,
    };
}
