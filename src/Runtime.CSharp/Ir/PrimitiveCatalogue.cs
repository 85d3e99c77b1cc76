using System.Collections.Immutable;

namespace Adjoint.Ir;

/// <summary>One primitive of a catalogue.</summary>
/// <param name="Name">The name in printed graphs.</param>
/// <param name="Type">The record.</param>
/// <param name="Read">Makes the primitive from its attributes.</param>
/// <param name="Draw">Draws attributes and operands.</param>
public sealed record PrimitiveEntry(string Name, Type Type, Func<AttributeReader, Primitive> Read, Func<SampleSource, Sample> Draw);

/// <summary>The primitives that text and files may name, in alphabetical order.</summary>
public sealed class PrimitiveCatalogue
{
    private readonly ImmutableSortedDictionary<string, PrimitiveEntry> entries;

    /// <summary>A catalogue of these primitives.</summary>
    public PrimitiveCatalogue(IEnumerable<PrimitiveEntry> entries) =>
        this.entries = entries.ToImmutableSortedDictionary(entry => entry.Name, entry => entry, StringComparer.Ordinal);

    /// <summary>All of them.</summary>
    public IEnumerable<PrimitiveEntry> Entries => entries.Values;

    /// <summary>How many primitives there are.</summary>
    public override string ToString() => $"catalogue of {entries.Count} primitives";

    /// <summary>The primitive of this name, or null.</summary>
    public PrimitiveEntry? Find(string name) => entries.GetValueOrDefault(name);
}
