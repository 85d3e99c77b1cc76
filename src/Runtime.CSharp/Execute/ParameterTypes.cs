using System.Collections.Immutable;
using Adjoint.Core;
using Adjoint.Ir;

namespace Adjoint.Execute;

/// <summary>Types that many values are held against: a few comparisons each, most of them of references.</summary>
internal sealed class ParameterTypes
{
    private readonly TensorType?[] types;

    internal ParameterTypes(ImmutableArray<ValueType> types)
    {
        this.types = [.. types.Select(type => type as TensorType)];
        FirstStack = Array.IndexOf(this.types, null);
    }

    /// <summary>The place of the first type that is no tensor, or −1.</summary>
    internal int FirstStack { get; }

    /// <summary>Whether these are arrays of the types, one each, all there; if not, a closer look says what is wrong, if anything is.</summary>
    internal bool Fit(ReadOnlySpan<HostValue> values)
    {
        if (values.Length != types.Length)
        {
            return false;
        }

        for (int i = 0; i < values.Length; i++)
        {
            if (values[i] is not NDArray array
                || types[i] is not { } type
                || array.Type != type.DType
                || array.Fate is not null
                || !(ReferenceEquals(array.Shape, type.Shape) || array.Shape.Equals(type.Shape)))
            {
                return false;
            }
        }

        return true;
    }
}
