using Adjoint.Core;
using Adjoint.Ir;
using Adjoint.Transforms;

namespace Adjoint.Front.Audits;

/// <content>Summaries.</content>
public static partial class Audit
{
    /// <summary>The tensors of a model.</summary>
    /// <param name="model">Its leaves.</param>
    /// <param name="paths">What they are called.</param>
    public static ModelSummary Summary(Expr[] model, IReadOnlyList<string>? paths = null) => new(Parts(model, paths), null, null);

    /// <summary>The tensors of a model, and what its function and its gradient take.</summary>
    /// <param name="f">(model, data) → results; the gradient is that of their sum.</param>
    /// <param name="model">The model's leaves.</param>
    /// <param name="data">The other arguments.</param>
    /// <param name="paths">What the model's leaves are called.</param>
    public static ModelSummary Summary(Func<Expr[], Expr[]> f, Expr[] model, Expr[] data, IReadOnlyList<string>? paths = null)
    {
        Graph graph = Traced.Over("summary", [.. model, .. data], f).Close();
        var active = new ParameterMask(graph.Parameters.Select((value, i) => i < model.Length && value.Type.HasTangent));
        bool differentiable = active.Any && graph.Results.Any(result => result.Type.HasTangent);
        return new(
            Parts(model, paths),
            GraphSize.Of(graph),
            differentiable ? GraphSize.Of(Backward.Apply(graph, active).Graph) : null);
    }

    private static ModelPart[] Parts(Expr[] model, IReadOnlyList<string>? paths) =>
    [
        .. model.Select((leaf, i) => new ModelPart(
            paths is null ? $"[{i}]" : paths[i], leaf.Type, leaf.Size, (long)leaf.Size * leaf.DType.Size(), leaf.Type.HasTangent)),
    ];
}
