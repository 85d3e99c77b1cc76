using System.Text;
using Adjoint.Core;

namespace Adjoint.Ir;

/// <summary>The text form of graphs: one node a line, bodies nested and indented. What is written reads back to an equal graph.</summary>
/// <example>
/// <code>
/// graph(%0: f32[3], %1: f32[3]) {
///   %2: f32[3] = mul(%0, %1)
///   %3: f32[] = reduce_sum(%2) {axes = axes[0]} @ "loss", "model.fs":12
///   return %3
/// }
/// </code>
/// Attributes are <c>true</c>, <c>5</c>, <c>5L</c>, <c>"text"</c> (enumerations too), <c>[0, 1]</c>, <c>axes[0, 1]</c>,
/// <c>shape[8, 3]</c>, scalars with their dtype (<c>f32 1.5</c>, <c>c64 (0, -1)</c>, <c>f64 inf</c>, <c>f64 nan(0x7ff8000000000001)</c>),
/// a graph, or <c>bodies[graph…, graph…]</c>.
/// </example>
public static class GraphText
{
    /// <summary>How deep bodies may be nested in a text that is read.</summary>
    public const int MaxDepth = 128;

    /// <summary>The graph in text form.</summary>
    /// <param name="graph">The graph.</param>
    /// <param name="origins">Whether to say after each node where in the user's model it was asked for.</param>
    public static string Write(Graph graph, bool origins = false)
    {
        var text = new StringBuilder();
        new GraphWriter(text, origins).Write(graph, 0);
        return text.ToString();
    }

    /// <summary>A primitive's name and attributes: reduce_sum {axes = axes[0]}.</summary>
    public static string Write(Primitive primitive)
    {
        var text = new StringBuilder(primitive.Name);
        new GraphWriter(text, false).WriteAttributes(primitive, 0);
        return text.ToString();
    }

    /// <summary>The graph that a text says, checked as if it were built: types are inferred anew and must be those written.</summary>
    /// <param name="text">The text; it may come from anywhere.</param>
    /// <param name="catalogue">The primitives that it may name.</param>
    /// <exception cref="Core.FormatException">The text is no graph; the message names line and column.</exception>
    public static Graph Parse(string text, PrimitiveCatalogue catalogue) => new GraphParser(new(text), catalogue).Parse();
}
