using Adjoint.Core;
using Adjoint.Front;

namespace Adjoint.Examples.CSharpTraining;

/// <summary>Trains a small classifier in C#, with layers, a loss and an optimizer of the library.</summary>
public static class Program
{
    private const int Steps = 600;

    /// <summary>AdamW with a rate that warms up and falls along half a cosine; biases do not decay.</summary>
    private static readonly Optimizer Rule = Optim.Chain(
            Optim.ClipByGlobalNorm(1.0),
            Optim.Adam(-1.0),
            Optim.WeightDecay(1e-3).Only(path => path.StartsWith('w')),
            Optim.Scale(-0.01))
        .Scheduled(Schedule.WarmupCosine(50, Steps));

    private static readonly string[] Names = ["w1", "b1", "w2", "b2", "w3", "b3"];

    /// <summary>The accuracy on points that were not trained on, before training and after, and how often the step was traced.</summary>
    public static (double Before, double After, int Traces) Train()
    {
        int traces = 0;

        // (parameters, state, a key for the batch) → (parameters, state): one compiled program.
        Compiled step = Differential.Compile(leaves =>
        {
            traces++;
            int count = Names.Length;
            (Expr points, Expr labels) = Spirals.Draw(leaves[^1], 64);
            Expr[] gradients = Differential.Grad(model => Classifier.MeanLoss(model, points, labels), Names)(leaves[..count]);
            (Expr[] parameters, Expr[] state) = Rule.Step(gradients, leaves[count..^1], leaves[..count], Names);
            return [.. parameters, .. state];
        });

        Expr[] model = Classifier.Create(Rng.Key(1));
        (Expr points, Expr labels) = Spirals.Draw(Rng.Key(2), 1000);
        double before = Classifier.Accuracy(model, points, labels);
        Expr[] all = [.. model, .. Rule.Init(model)];
        for (int i = 0; i < Steps; i++)
        {
            all = step.Call([.. all, Rng.FoldIn(Rng.Key(3), i)]);
        }

        return (before, Classifier.Accuracy(all[..Names.Length], points, labels), traces);
    }

    private static void Main()
    {
        (double before, double after, _) = Train();
        Console.WriteLine($"points told rightly: untrained {before:P1}, trained {after:P1}");
    }
}
