using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using Adjoint.Compile;
using Adjoint.Core;
using Adjoint.Ir;

namespace Adjoint.Front.Audits;

/// <summary>A function's graph, made to be read. Prints as text.</summary>
[TypeFormatterSource(typeof(HtmlFormatterSource))]
public sealed class Explanation : IHtml
{
    private readonly Lazy<string> text;

    /// <summary>An explanation of a graph.</summary>
    public Explanation(Graph graph)
    {
        Graph = graph;
        text = new(() => ExplainText.Of(graph));
    }

    /// <summary>The graph. Its parameters are the arguments' leaves, then what the function uses from outside.</summary>
    public Graph Graph { get; }

    /// <summary>What it takes to run.</summary>
    public GraphSize Size => GraphSize.Of(Graph);

    /// <summary>
    /// One operation a line with types and attributes, bodies indented under the operation that runs them, the user's scope and line as a
    /// comment where it changes, literals where they are used; then what it takes to run.
    /// </summary>
    public string Text => text.Value;

    /// <summary>
    /// A picture: what is read above what reads it, bodies inside the operations that run them, literals in the boxes; scopes and lines as
    /// tooltips. Good to read up to some hundred operations. The same graph gives the same picture.
    /// </summary>
    public string Svg() => SvgText.Of(Graph);

    /// <summary>The same in DOT, the language of Graphviz.</summary>
    public string Dot() => DotText.Of(Graph);

    /// <summary>The same function after the passes that it goes through before it runs.</summary>
    public Explanation Optimized() => new(Pipeline.Unfused.Run(Graph));

    /// <summary>How many nodes each pass leaves, bodies included, a line a pass in the order in which they come.</summary>
    public string Passes()
    {
        var lines = new StringBuilder();
        ImmutableArray<PassTrace> trace = Pipeline.Default.Trace(Graph);
        for (int i = 1; i < trace.Length; i++)
        {
            lines.AppendLine(CultureInfo.InvariantCulture, $"{trace[i].Pass,-24}{trace[i - 1].Nodes,8} -> {trace[i].Nodes}");
        }

        return lines.ToString();
    }

    /// <summary>The same function after the passes up to one, which is named as in <see cref="Passes"/>; where it comes twice, the first time.</summary>
    /// <exception cref="StructureException">No pass has this name.</exception>
    public Explanation After(string pass) => new(
        Pipeline.Default.Trace(Graph).FirstOrDefault(step => step.Pass == pass)?.Graph
        ?? throw new StructureException($"explain: there is no pass {pass}; the passes are {Pipeline.Default}."));

    /// <inheritdoc cref="Text"/>
    public override string ToString() => Text;

    /// <inheritdoc/>
    void IHtml.WriteHtml(TextWriter writer) => HtmlView.WriteText(Text, writer);
}
