using Adjoint.Core;

namespace Adjoint.Primitives;

/// <summary>Classes of dtypes, for the typing rules of elementwise operations.</summary>
[Flags]
internal enum DTypeKinds
{
    None = 0,
    Bool = 1,
    Unsigned = 2,
    Signed = 4,
    Floating = 8,
    Complex = 16,
    Integer = Unsigned | Signed,
    Bits = Bool | Integer,
    Real = Integer | Floating,
    Ordered = Bool | Real,
    Differentiable = Floating | Complex,
    Numeric = Real | Complex,
    All = Bool | Numeric,
}

internal static class DTypeKindsExtensions
{
    /// <summary>Whether a dtype is of one of these classes.</summary>
    internal static bool Contain(this DTypeKinds kinds, DType type) => (kinds & KindOf(type)) != DTypeKinds.None;

    /// <summary>The classes as a list for messages: floating or complex.</summary>
    internal static string Describe(this DTypeKinds kinds)
    {
        (DTypeKinds Kind, string Name)[] names =
        [
            (DTypeKinds.Bool, "bool"), (DTypeKinds.Unsigned, "unsigned"), (DTypeKinds.Signed, "signed"),
            (DTypeKinds.Floating, "floating"), (DTypeKinds.Complex, "complex"),
        ];
        return string.Join(" or ", names.Where(item => kinds.HasFlag(item.Kind)).Select(item => item.Name));
    }

    private static DTypeKinds KindOf(DType type) =>
        type == DType.Bool ? DTypeKinds.Bool
        : type.IsUnsigned() ? DTypeKinds.Unsigned
        : type.IsInteger() ? DTypeKinds.Signed
        : type.IsFloating() ? DTypeKinds.Floating
        : DTypeKinds.Complex;
}
