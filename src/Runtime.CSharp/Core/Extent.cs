using System.Diagnostics;
using System.Globalization;

namespace Adjoint.Core;

/// <summary>The length of an axis. Typing rules compute with its operators, and never read the number.</summary>
/// <remarks>Today a number of at least 0; symbolic sizes can join without a change to the rules.</remarks>
[DebuggerDisplay("{ToString(),nq}")]
public readonly record struct Extent
{
    /// <summary>An extent of this length.</summary>
    /// <exception cref="ShapeException">The length is negative.</exception>
    public Extent(int value)
    {
        if (value < 0)
        {
            throw new ShapeException($"extent: {value} is negative.");
        }

        Value = value;
    }

    /// <summary>The number, for evaluation and lowering.</summary>
    public int Value { get; }

    /// <summary>Whether the axis has exactly one element, so that broadcasting may repeat it.</summary>
    public bool IsOne => Value == 1;

    /// <summary>A number is an extent.</summary>
    public static implicit operator Extent(int value) => new(value);

    /// <summary>Sum.</summary>
    public static Extent operator +(Extent left, Extent right) => Checked((long)left.Value + right.Value);

    /// <summary>Difference, not below zero.</summary>
    public static Extent operator -(Extent left, Extent right) => Checked((long)left.Value - right.Value);

    /// <summary>Product.</summary>
    public static Extent operator *(Extent left, Extent right) => Checked((long)left.Value * right.Value);

    /// <summary>Quotient, rounded down.</summary>
    public static Extent operator /(Extent left, Extent right) => Checked((long)left.Value / right.Value);

    /// <summary>The number.</summary>
    public override string ToString() => Value.ToString(CultureInfo.InvariantCulture);

    private static Extent Checked(long value) => value is >= 0 and <= int.MaxValue
        ? new((int)value)
        : throw new ShapeException($"extent: {value} is outside 0 to {int.MaxValue}.");
}
