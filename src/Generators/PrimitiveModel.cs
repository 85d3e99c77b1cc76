using System.Collections.Generic;
using System.Linq;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Text;

namespace Adjoint.Generators;

/// <summary>What the source says of one primitive; equal by content, so that unchanged primitives are not written again.</summary>
/// <param name="Name">The name in printed graphs.</param>
/// <param name="TypeName">The record, with its namespace.</param>
/// <param name="Attributes">Its positional parameters.</param>
/// <param name="Place">Where it is declared.</param>
/// <param name="Fault">What is wrong with it, or null.</param>
internal sealed record PrimitiveModel(string Name, string TypeName, Sequence<AttributeModel> Attributes, Place Place, Fault? Fault);

/// <summary>One positional parameter of a primitive.</summary>
/// <param name="Property">The property's name.</param>
/// <param name="Type">The type, fully qualified.</param>
/// <param name="Members">The members of an enumeration; empty for other types.</param>
internal sealed record AttributeModel(string Property, string Type, Sequence<string> Members)
{
    /// <summary>The type of one body, fully qualified.</summary>
    internal const string Body = "global::Adjoint.Ir.Body";

    /// <summary>The attribute's name in printed graphs.</summary>
    internal string Name => Camel.Lower(Property);

    /// <summary>Whether it is of an enumeration, which travels as a string.</summary>
    internal bool IsEnum => Members.Items.Length > 0;

    /// <summary>Whether it is a body or a list of bodies.</summary>
    internal bool HoldsBodies => Type is Body or "global::Adjoint.Ir.Bodies";
}

/// <summary>An array that is equal by content.</summary>
internal sealed class Sequence<T> : System.IEquatable<Sequence<T>>
{
    /// <summary>These items.</summary>
    internal Sequence(IEnumerable<T> items) => Items = items.ToArray();

    /// <summary>The items.</summary>
    internal T[] Items { get; }

    /// <inheritdoc/>
    public bool Equals(Sequence<T>? other) => other is not null && Items.SequenceEqual(other.Items);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as Sequence<T>);

    /// <inheritdoc/>
    public override int GetHashCode() => Items.Aggregate(17, (hash, item) => unchecked((hash * 31) + (item?.GetHashCode() ?? 0)));
}

/// <summary>A place in a source file, without hold on its syntax tree.</summary>
internal sealed record Place(string Path, TextSpan Span, LinePositionSpan Lines)
{
    /// <summary>Where this is.</summary>
    internal static Place Of(Location location) =>
        new(location.SourceTree?.FilePath ?? "", location.SourceSpan, location.GetLineSpan().Span);

    /// <summary>As the compiler reports it.</summary>
    internal Location ToLocation() => Location.Create(Path, Span, Lines);
}

/// <summary>A broken rule, at its place.</summary>
internal sealed record Fault(DiagnosticDescriptor Rule, Place Place, string First, string Second = "", string Third = "")
{
    /// <summary>As the compiler reports it.</summary>
    internal Diagnostic ToDiagnostic() => Diagnostic.Create(Rule, Place.ToLocation(), First, Second, Third);
}

/// <summary>Names in lower camel case.</summary>
internal static class Camel
{
    /// <summary>Axis → axis, BF16 → bf16, HTMLPage → htmlPage.</summary>
    internal static string Lower(string name)
    {
        char[] letters = name.ToCharArray();
        for (int i = 0; i < letters.Length && char.IsUpper(letters[i]); i++)
        {
            if (i > 0 && i + 1 < letters.Length && char.IsLower(letters[i + 1]))
            {
                break;
            }

            letters[i] = char.ToLowerInvariant(letters[i]);
        }

        return new string(letters);
    }
}
