using Adjoint.Core;
using Adjoint.Ir;
using Adjoint.Transforms;

namespace Adjoint.Front.Audits;

/// <content>Dependence.</content>
public static partial class Audit
{
    /// <summary>Names where the dependence on an argument is lost.</summary>
    public static DependenceReport Dependence(Func<Expr, Expr> f, Expr x) => Dependence(Leaves.Of(f), [x]);

    /// <summary>
    /// Names the arguments whose derivative is zero and where the dependence is lost: an argument that is not used, or only looked at; a cast
    /// to integers, a comparison, argmax, floor, in bodies of loops and branches too; or, for the values at hand, an operation of the
    /// backward pass that gives zeros alone (a unit that is off, a branch that is not chosen, a rule of one's own). What a stop_gradient
    /// cuts off on purpose is left out.
    /// </summary>
    /// <param name="f">The function; of several results the derivative of the sum is meant.</param>
    /// <param name="x">Concrete arguments.</param>
    /// <param name="paths">What the arguments are called.</param>
    /// <exception cref="DerivativeException">No argument has a tangent.</exception>
    public static DependenceReport Dependence(Func<Expr[], Expr[]> f, Expr[] x, IReadOnlyList<string>? paths = null)
    {
        Subject subject = Subject.Of("dependence", f, x, paths);
        if (!subject.Active.Any)
        {
            throw NoTangent("dependence", x);
        }

        BackwardBody backward = Backward.Apply(subject.Graph, subject.Active);
        var watch = new ZeroWatch();
        HostValue[] gradients = watch.Start(backward.Graph, [.. subject.Values, .. subject.Seeds()])[subject.Graph.Results.Length..];
        List<LostArgument> lost = [];
        foreach ((int place, int i) in subject.Active.Indices.Select((place, i) => (place, i)))
        {
            Value argument = subject.Graph.Parameters[place];
            string name = subject.NameOf(place);
            if (backward.NonZero[i] && (argument.Tensor.Shape.Size == 0 || !ZeroWatch.IsZero(gradients[i])))
            {
                continue;
            }

            LostDependence? why = LostDependence.Of(subject.Graph, [argument], subject.Graph.Results);
            if (why is null)
            {
                lost.Add(ZeroHere(name, subject, watch, argument));
            }
            else if (!ReferenceEquals(why, LostDependence.Asked))
            {
                lost.Add(new(name, true, why.Operation, why.Origin.Scope, why.Origin.File, why.Origin.Line, why.Reason));
            }
        }

        return new(lost);
    }

    private static LostArgument ZeroHere(string name, Subject subject, ZeroWatch watch, Value argument)
    {
        var dependence = new Dependence(subject.Graph.Results, [argument]);
        Node? home = watch.Nodes.Select(node => subject.HomeOf(node.Origin))
            .FirstOrDefault(node => node is not null && dependence.Nodes.Contains(node));
        return home is null
            ? new(name, false, null, "", null, 0, "every cotangent that reaches it is zero at these values.")
            : new(
                name, false, home.Primitive.Name, home.Origin.Scope, home.Origin.File, home.Origin.Line,
                $"the derivative of {NodeText.Placed(home)}, is zero at these values.");
    }
}
