using Adjoint.Core;
using Adjoint.Execute;

namespace Adjoint.Examples.CSharpService;

/// <summary>A caller with data and buffers of its own, who finds the weights that its targets were made with.</summary>
public sealed class Client
{
    private const double Rate = 0.5;

    private readonly Executable program;
    private readonly double[] truth = new double[LossProgram.Columns];
    private readonly double[] inputs = new double[LossProgram.Rows * LossProgram.Columns];
    private readonly double[] targets = new double[LossProgram.Rows];
    private readonly double[] weights = new double[LossProgram.Columns];

    // A run writes its results here, and makes no arrays of its own.
    private readonly NDArray loss = NDArray.Scalar(0.0);
    private readonly NDArray gradient = NDArray.Vector(new double[LossProgram.Columns]);

    /// <summary>A caller of a program, whose data come from a seed.</summary>
    public Client(Executable program, int seed)
    {
        this.program = program;
        var random = new Random(seed);
        Fill(truth, random);
        Fill(inputs, random);
        for (int row = 0; row < LossProgram.Rows; row++)
        {
            targets[row] = Product(row, truth);
        }
    }

    /// <summary>The largest difference so far of a gradient from the one worked out by hand.</summary>
    public double GradientError { get; private set; }

    /// <summary>The largest difference of a weight from the true one.</summary>
    public double WeightError => Distance(weights, truth);

    /// <summary>The loss at the last call.</summary>
    public double Loss => loss.Item<double>();

    /// <summary>Gradient descent, one call of the program a step.</summary>
    public void Descend(int steps)
    {
        NDArray x = NDArray.Of<double>(Shape.Of(LossProgram.Rows, LossProgram.Columns), inputs);
        NDArray y = NDArray.Vector(targets);
        for (int step = 0; step < steps; step++)
        {
            program.Run([NDArray.Vector(weights), x, y], [loss, gradient]);
            GradientError = Math.Max(GradientError, Distance(gradient.Span<double>(), GradientByHand()));
            for (int column = 0; column < weights.Length; column++)
            {
                weights[column] -= Rate * gradient.Span<double>()[column];
            }
        }
    }

    /// <summary>2/n Σ (x·w − y) x over the rows x.</summary>
    private double[] GradientByHand()
    {
        double[] sum = new double[LossProgram.Columns];
        for (int row = 0; row < LossProgram.Rows; row++)
        {
            double error = Product(row, weights) - targets[row];
            for (int column = 0; column < sum.Length; column++)
            {
                sum[column] += 2.0 / LossProgram.Rows * error * inputs[(row * LossProgram.Columns) + column];
            }
        }

        return sum;
    }

    /// <summary>A row of the inputs times these weights.</summary>
    private double Product(int row, double[] by)
    {
        double sum = 0;
        for (int column = 0; column < by.Length; column++)
        {
            sum += inputs[(row * LossProgram.Columns) + column] * by[column];
        }

        return sum;
    }

    private static double Distance(ReadOnlySpan<double> x, ReadOnlySpan<double> y)
    {
        double largest = 0;
        for (int i = 0; i < x.Length; i++)
        {
            largest = Math.Max(largest, Math.Abs(x[i] - y[i]));
        }

        return largest;
    }

    private static void Fill(double[] numbers, Random random)
    {
        for (int i = 0; i < numbers.Length; i++)
        {
            numbers[i] = (2 * random.NextDouble()) - 1;
        }
    }
}
