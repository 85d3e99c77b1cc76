using Adjoint.Ir;

namespace Adjoint.Compile.Nests;

/// <summary>In which pass over a row the values of a body can be computed: after how many reductions in a chain.</summary>
internal sealed class NestLevels
{
    private readonly Dictionary<Value, int> levels = new(ReferenceEqualityComparer.Instance);
    private readonly NestSpace space;

    /// <summary>The levels of a body's values.</summary>
    internal NestLevels(Graph body, NestSpace space)
    {
        this.space = space;
        var reductions = space.Reductions.Select(reduction => reduction.Node).ToHashSet();
        foreach (Node node in body.Nodes)
        {
            int level = node.Operands.Select(Of).DefaultIfEmpty(0).Max();
            levels[node.Result] = reductions.Contains(node) ? level + 1 : level;
        }

        Passes = space.Reductions.Select(reduction => Of(reduction.Operand) + 1).DefaultIfEmpty(0).Max();
    }

    /// <summary>How many passes compute reductions.</summary>
    internal int Passes { get; }

    /// <summary>The first pass in which a value can be computed.</summary>
    internal int Of(Value value) => levels.GetValueOrDefault(value);

    /// <summary>The reductions of a pass.</summary>
    internal IEnumerable<NestReduction> Reductions(int pass) => space.Reductions.Where(reduction => Of(reduction.Operand) == pass);

    /// <summary>The results that have an element for each of the reduced ones, and are written in a pass.</summary>
    internal IEnumerable<Value> Written(Graph body, int pass) =>
        body.Results.Where(result => IsWide(result) && Of(result) == pass).Distinct();

    /// <summary>Whether a value has an element for each of the reduced ones.</summary>
    internal bool IsWide(Value value) => value.Type is TensorType type && type.Shape.Equals(space.Shape);
}
