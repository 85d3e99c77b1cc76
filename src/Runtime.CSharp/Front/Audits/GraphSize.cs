using System.Collections.Immutable;
using System.Globalization;
using Adjoint.Ir;

namespace Adjoint.Front.Audits;

/// <summary>How large a graph is, and what it takes to run it, by types alone.</summary>
/// <param name="Nodes">The operations, those in bodies once.</param>
/// <param name="Flops">Arithmetic operations on elements: a body as often as its loop runs, and of branches the dearest.</param>
/// <param name="Bytes">Bytes read and written, each operation by itself.</param>
/// <param name="IsComplete">Whether the length of every loop is known; a loop of unknown length counts as one step.</param>
public sealed record GraphSize(int Nodes, double Flops, double Bytes, bool IsComplete)
{
    /// <summary>The size of a graph.</summary>
    public static GraphSize Of(Graph graph)
    {
        var known = new Dictionary<Body, int>(ReferenceEqualityComparer.Instance);
        Cost cost = Primitives.BodyCost.Of(graph);
        return new(Count(graph, known), cost.Operations, cost.Bytes, cost.IsComplete);
    }

    /// <summary>12 operations, 3.4 kflop, 1.2 kB read and written.</summary>
    public override string ToString() =>
        $"{Nodes} operation{(Nodes == 1 ? "" : "s")}, {Scaled(Flops)}flop, {Scaled(Bytes)}B read and written"
        + (IsComplete ? "" : ", with one step for each loop whose length is not known");

    /// <summary>The bodies that a primitive holds, with their names.</summary>
    internal static IEnumerable<(string Name, Body Body)> BodiesOf(Primitive primitive) =>
        primitive is not Primitives.BodyPrimitive ? [] : primitive.Attributes.SelectMany(attribute => attribute.Value switch
        {
            Body body => [(attribute.Name, body)],
            Bodies { Count: 1 } bodies => [(attribute.Name, bodies[0])],
            Bodies bodies => bodies.Select((body, i) => ($"{attribute.Name}[{i}]", body)),
            _ => Enumerable.Empty<(string, Body)>(),
        });

    /// <summary>1234 as 1.23 k.</summary>
    internal static string Scaled(double number)
    {
        string[] units = ["", "k", "M", "G", "T", "P", "E"];
        int unit = 0;
        for (; number >= 1000 && unit < units.Length - 1; unit++)
        {
            number /= 1000;
        }

        return number.ToString(unit == 0 ? "0" : "G3", CultureInfo.InvariantCulture) + " " + units[unit];
    }

    private static int Count(Graph graph, Dictionary<Body, int> known)
    {
        int count = 0;
        foreach (Node node in graph.Nodes)
        {
            count++;
            foreach ((_, Body body) in BodiesOf(node.Primitive))
            {
                if (known.TryAdd(body, 0))
                {
                    count += Count(body.Graph, known);
                }
            }
        }

        return count;
    }
}
