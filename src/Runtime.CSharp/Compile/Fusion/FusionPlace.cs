using System.Collections.Immutable;
using Adjoint.Core;

namespace Adjoint.Compile.Fusion;

/// <summary>Where in the loops of a group an operation is computed.</summary>
internal enum FusionLevel
{
    /// <summary>Once for each index of the group's space, at that index.</summary>
    Wide,

    /// <summary>Once for each row of a space that is reduced.</summary>
    Row,

    /// <summary>Wherever an element is asked for.</summary>
    Inner,
}

/// <summary>How the elements of a value are read in a group.</summary>
/// <param name="Level">Where in the loops.</param>
/// <param name="Lead">How many of its first axes have the indices of the group's first axes.</param>
/// <param name="Count">How many elements are asked for in all.</param>
/// <param name="Axes">For the level of rows, the axes along which the space is reduced, as the reader sees it.</param>
/// <param name="Sites">The indices at which code asks for them.</param>
/// <param name="IsLooped">Whether such an index is that of a loop which joins elements.</param>
internal readonly record struct FusionPlace(
    FusionLevel Level, int Lead, double Count, Axes Axes, ImmutableArray<int> Sites, bool IsLooped = false)
{
    /// <summary>Both ways to read a value together.</summary>
    internal FusionPlace With(FusionPlace other) => Level == other.Level && Axes.Equals(other.Axes) && Level != FusionLevel.Inner
        ? this
        : new(FusionLevel.Inner, Math.Min(Lead, other.Lead), Count + other.Count, Axes.None, FusionSites.Union(Sites, other.Sites), IsLooped || other.IsLooped);
}
