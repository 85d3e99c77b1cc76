using System.Text;
using Adjoint.Core;
using Adjoint.Ir;
using Adjoint.Primitives;

namespace Figures.Native;

/// <summary>C++ that does what a graph of single numbers does, operation by operation, with its scans as loops: the same graph for a compiler.</summary>
internal sealed class GraphSource
{
    private readonly StringBuilder text = new();
    private readonly Dictionary<Value, string> names = new(ReferenceEqualityComparer.Instance);
    private int count;

    /// <summary>The whole source, with the graph as a counterpart of this name.</summary>
    /// <exception cref="InvalidOperationException">The graph has something else than f64[], f64[n] and arithmetic.</exception>
    public static string Of(Graph graph, string entry)
    {
        var source = new GraphSource();
        source.text.Append("#include <cmath>\n#include <cstdint>\n#include <algorithm>\n\n");
        source.text.Append($"extern \"C\" void {entry}(const void* const* x, void* const* y, const int64_t*, int64_t, int64_t, int64_t) {{\n");
        for (int i = 0; i < graph.Parameters.Length; i++)
        {
            source.Line($"const double {source.NameOf(graph.Parameters[i])} = *static_cast<const double*>(x[{i}]);");
        }

        source.Write(graph);
        for (int i = 0; i < graph.Results.Length; i++)
        {
            source.Line($"*static_cast<double*>(y[{i}]) = {source.names[graph.Results[i]]};");
        }

        return source.text.Append("}\n").ToString();
    }

    private void Line(string line) => text.Append("  ").Append(line).Append('\n');

    private string NameOf(Value value) => names[value] = $"v{count++}";

    private void Write(Graph graph)
    {
        foreach (Node node in graph.Nodes)
        {
            string[] operands = [.. node.Operands.Select(operand => names[operand])];
            if (node.Primitive is Scan scan)
            {
                WriteScan(scan, node, operands);
            }
            else
            {
                Line($"const double {NameOf(node.Result)} = {Expression(node.Primitive, operands)};");
            }
        }
    }

    private static string Expression(Primitive primitive, string[] x) => primitive switch
    {
        Constant constant => constant.Value.AsDouble.ToString("R"),
        Add => $"{x[0]} + {x[1]}",
        Sub => $"{x[0]} - {x[1]}",
        Mul => $"{x[0]} * {x[1]}",
        Div => $"{x[0]} / {x[1]}",
        Neg => $"-{x[0]}",
        Fma => $"std::fma({x[0]}, {x[1]}, {x[2]})",
        _ => throw new InvalidOperationException($"No C++ is written for {primitive.Name}."),
    };

    /// <summary>Carries as variables, stacked results as arrays of the function's own.</summary>
    private void WriteScan(Scan scan, Node node, string[] operands)
    {
        Graph step = scan.Step.Graph;
        string[] carries = [.. Enumerable.Range(0, scan.Carries).Select(i => NameOf(node.Results[i]))];
        foreach (Value stacked in node.Results.Skip(scan.Carries))
        {
            Line($"static double {NameOf(stacked)}[{scan.Length}];");
        }

        for (int i = 0; i < scan.Carries; i++)
        {
            Line($"double {carries[i]} = {operands[scan.Constants + i]};");
        }

        string index = $"i{count++}";
        Line(scan.Reverse
            ? $"for (int64_t {index} = {scan.Length - 1}; {index} >= 0; {index}--) {{"
            : $"for (int64_t {index} = 0; {index} < {scan.Length}; {index}++) {{");
        for (int i = 0; i < step.Parameters.Length; i++)
        {
            string value = i < scan.Constants ? operands[i]
                : i < scan.Constants + scan.Carries ? carries[i - scan.Constants]
                : $"{operands[i]}[{index}]";
            Line($"const double {NameOf(step.Parameters[i])} = {value};");
        }

        Write(step);
        for (int i = 0; i < step.Results.Length; i++)
        {
            string target = i < scan.Carries ? carries[i] : $"{names[node.Results[i]]}[{index}]";
            Line($"{target} = {names[step.Results[i]]};");
        }

        Line("}");
    }
}
